package store

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"gorm.io/gorm/logger"
)

// slow is how long a statement may take before that is worth a line.
const slow = 500 * time.Millisecond

// sqlLog brings what GORM says into the log. A statement that fails is only
// told at debug level, since its error goes up and is logged once there.
// Values are never logged.
type sqlLog struct{ log *slog.Logger }

func (l sqlLog) LogMode(logger.LogLevel) logger.Interface { return l }

func (l sqlLog) Info(ctx context.Context, text string, args ...any) {
	l.log.DebugContext(ctx, "gorm", "says", fmt.Sprintf(text, args...))
}

func (l sqlLog) Warn(ctx context.Context, text string, args ...any) {
	l.log.WarnContext(ctx, "gorm", "says", fmt.Sprintf(text, args...))
}

func (l sqlLog) Error(ctx context.Context, text string, args ...any) {
	l.log.WarnContext(ctx, "gorm", "says", fmt.Sprintf(text, args...))
}

// Trace is told of every statement after its end.
func (l sqlLog) Trace(ctx context.Context, begin time.Time, statement func() (sql string, rows int64), err error) {
	took := time.Since(begin)
	switch {
	case err != nil && l.log.Enabled(ctx, slog.LevelDebug):
		sql, _ := statement()
		l.log.DebugContext(ctx, "statement failed", "sql", sql, "err", err)
	case took >= slow:
		sql, rows := statement()
		l.log.WarnContext(ctx, "slow statement", "took", took, "rows", rows, "sql", sql)
	}
}

// ParamsFilter keeps values out of the text of a statement.
func (l sqlLog) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) {
	return sql, nil
}
