package store

import (
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
)

// postgresConnections bounds the pool. Writers queue for the counter row
// anyway, so more would only wait inside the server.
const postgresConnections = 16

func (s *Store) openPostgres(config *pgx.ConnConfig) error {
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "burnlist"
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresConnections)
	db.SetConnMaxIdleTime(5 * time.Minute)

	s.dialect, s.close = postgresDialect, db.Close
	var err error
	s.writer, err = connect(postgres.New(postgres.Config{Conn: db}), s.log)
	s.reader = s.writer
	return err
}
