// Command pocketbase serves a PocketBase with one collection of parcels, for the
// bench to compare with. It is a module of its own: what it depends on is nothing
// the product depends on. "make bench" builds it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations" // its own tables
)

// levels are the words for PRAGMA synchronous and what SQLite answers for them.
var levels = map[string]int{"full": 2, "normal": 1}

func main() {
	address := flag.String("address", "127.0.0.1:8090", "serve at this `address`")
	dir := flag.String("dir", "", "`folder` of the data")
	synchronous := flag.String("synchronous", "full",
		"full: durable before an answer, as the product is; normal: as PocketBase comes")
	flag.Parse()
	debug.SetGCPercent(400) // as the core does
	if err := serve(*address, *dir, *synchronous); err != nil {
		fmt.Fprintln(os.Stderr, "pocketbase:", err)
		os.Exit(1)
	}
}

// serve prints a token for the collection when it listens.
func serve(address, dir, synchronous string) error {
	level, known := levels[synchronous]
	if !known {
		return fmt.Errorf("-synchronous is full or normal, not %q", synchronous)
	}
	if dir == "" {
		return errors.New("-dir is missing")
	}
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: func(path string) (*dbx.DB, error) {
		// What core.DefaultDBConnect sets, but for synchronous.
		return dbx.Open("sqlite", path+
			"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(200000000)"+
			"&_pragma=synchronous("+synchronous+
			")&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)")
	}})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	for _, db := range []dbx.Builder{app.NonconcurrentDB(), app.ConcurrentDB()} {
		var have int
		if err := db.NewQuery("PRAGMA synchronous").Row(&have); err != nil {
			return err
		}
		if have != level {
			return fmt.Errorf("synchronous is %d, want %s (%d)", have, synchronous, level)
		}
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.InstallerFunc = nil // would open a browser
		token, err := prepare(app)
		if err != nil {
			return err
		}
		if err := e.Next(); err != nil { // listens
			return err
		}
		_, err = fmt.Println(token)
		return err
	})
	return apis.Serve(app, apis.ServeConfig{HttpAddr: address})
}

// prepare turns off what a request need not pay for, makes the collection, and
// returns a token for it.
func prepare(app core.App) (token string, err error) {
	s := app.Settings()
	s.Logs.MaxDays = 0           // no row for each request in the other database
	s.RateLimits.Enabled = false // as it comes; the load is meant
	s.Batch.Enabled = true       // it has no upsert but in a batch
	if err := app.Save(s); err != nil {
		return "", err
	}
	// No fields for the times of creation and change, no relations, no rules: each
	// would cost.
	parcels := core.NewBaseCollection("parcels")
	parcels.Fields.Add(&core.TextField{
		Name: "code", Required: true,
	}, &core.TextField{Name: "order_id"}, &core.JSONField{Name: "dimensions_mm"})
	parcels.AddIndex("parcels_code", true, "code", "")
	if err := app.Save(parcels); err != nil {
		return "", err
	}
	// For a superuser no rules are looked up: nobody with a token costs less.
	superusers, err := app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		return "", err
	}
	user := core.NewRecord(superusers)
	user.SetEmail("bench@example.com")
	user.SetRandomPassword()
	if err := app.Save(user); err != nil {
		return "", err
	}
	return user.NewAuthToken()
}
