package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/gorilla/mux"
	_ "modernc.org/sqlite" // what the station's store is made of
)

// bareBatch is the most announcements one commit of the bare endpoint makes durable.
const bareBatch = 64

// A put is one announcement on its way through the bare endpoint.
type put struct {
	id, doc string
	done    chan error
}

// serveBare is the baseline for durable announcements: the least an endpoint of
// the same packages can do. It reads JSON, keeps one row and one row of a log, and
// answers when they are durable, with up to 64 announcements in a commit. It has no
// keys, no rules, no events, no answer but an empty object.
func serveBare(ctx context.Context, address, dir string) error {
	db, err := openRaw(ctx, filepath.Join(dir, "bare.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	puts := make(chan put, 1024)
	go writeBare(ctx, db, puts)
	r := mux.NewRouter()
	r.HandleFunc("/v1/parcels/{id}", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		var doc map[string]any
		if err == nil {
			err = json.Unmarshal(body, &doc)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		p := put{mux.Vars(r)["id"], string(body), make(chan error, 1)}
		puts <- p
		if err := <-p.done; err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, "{}")
	}).Methods("PUT")
	server := &http.Server{Addr: address, Handler: r, ReadHeaderTimeout: time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// writeBare commits what waits, until ctx ends.
func writeBare(ctx context.Context, db *rawDB, puts <-chan put) {
	for {
		var batch []put
		select {
		case p := <-puts:
			batch = append(batch, p)
		case <-ctx.Done():
			return
		}
		for more := true; more && len(batch) < bareBatch; {
			select {
			case p := <-puts:
				batch = append(batch, p)
			default:
				more = false
			}
		}
		err := db.commit(len(batch), func(i int) (id, doc string) { return batch[i].id, batch[i].doc })
		for _, p := range batch {
			p.done <- err
		}
	}
}

// rawDB is a database with one row for each parcel and one for each change, on one
// connection, durable at each commit.
type rawDB struct {
	*sql.DB
	begin, upsert, log, end *sql.Stmt
}

func openRaw(ctx context.Context, path string) (*rawDB, error) {
	pool, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	db := &rawDB{DB: pool}
	_, err = db.ExecContext(ctx, "CREATE TABLE parcels(id TEXT PRIMARY KEY, doc TEXT); CREATE TABLE log(seq INTEGER "+
		"PRIMARY KEY, doc TEXT)")
	for _, p := range []struct {
		to    **sql.Stmt
		query string
	}{
		{&db.begin, "BEGIN IMMEDIATE"}, {&db.end, "COMMIT"},
		{&db.upsert, "INSERT INTO parcels VALUES(?,?) ON CONFLICT(id) DO UPDATE SET doc=excluded.doc"},
		{&db.log, "INSERT INTO log(doc) VALUES(?)"},
	} {
		if err == nil {
			*p.to, err = db.PrepareContext(ctx, p.query)
		}
	}
	if err != nil {
		pool.Close()
		return nil, err
	}
	return db, nil
}

// commit makes n rows durable at once.
func (db *rawDB) commit(n int, row func(int) (id, doc string)) error {
	if _, err := db.begin.Exec(); err != nil {
		return err
	}
	for i := range n {
		id, doc := row(i)
		if _, err := db.upsert.Exec(id, doc); err != nil {
			return err
		}
		if _, err := db.log.Exec(doc); err != nil {
			return err
		}
	}
	_, err := db.end.Exec()
	return err
}

// startBare runs the bare endpoint as a process of its own and returns its address.
func startBare(ctx context.Context, dir string) (address string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	if address, err = freeAddress(); err != nil {
		return "", nil, err
	}
	c := exec.Command(self, "-bare", address, "-bare-dir", dir)
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = c.Process.Kill() // by its own id; it may have ended
		_ = c.Wait()
	}
	err = until(ctx, func() error {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			err = conn.Close()
		}
		return err
	})
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the bare endpoint does not start: %w", err)
	}
	return address, stop, nil
}
