package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
)

// The sizes of the pools. Writers queue for the counter row anyway, so more of
// them would only wait inside the server.
const (
	postgresReaders = 16
	postgresWriters = 8
)

// whileWriting are settings of the connections that write, unless the address
// says otherwise: a writer that is cut off inside a transaction would hold the
// counter row, and so every other writer, until the server notices.
var whileWriting = map[string]string{
	"idle_in_transaction_session_timeout": "30s",
	"lock_timeout":                        "30s",
}

// openPostgres opens a pool that writes and one that reads, so that writers who
// wait for their turn do not keep readers waiting.
func (s *Store) openPostgres(config *pgx.ConnConfig) error {
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "burnlist"
	}
	reader := postgresPool(config, postgresReaders)
	// Not start-up parameters, of which poolers refuse those they do not know.
	writer := postgresPool(config, postgresWriters, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		for name, value := range whileWriting {
			if _, set := config.RuntimeParams[name]; set {
				continue
			}
			if _, err := conn.Exec(ctx, "SET "+name+" = '"+value+"'"); err != nil {
				return err
			}
		}
		return nil
	}))

	s.dialect = postgresDialect
	s.close = func() error { return errors.Join(reader.Close(), writer.Close()) }
	var werr, rerr error
	s.writer, werr = connect(postgres.New(postgres.Config{Conn: writer}), s.log)
	s.reader, rerr = connect(postgres.New(postgres.Config{Conn: reader}), s.log)
	if err := errors.Join(werr, rerr); err != nil {
		return errors.Join(err, s.close())
	}
	return nil
}

func postgresPool(config *pgx.ConnConfig, connections int, options ...stdlib.OptionOpenDB) *sql.DB {
	db := stdlib.OpenDB(*config, options...)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db
}
