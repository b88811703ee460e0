package core

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cubby/cmd/internal/config"
	"cubby/sync/client"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// demo loads the demo station's configuration into a folder of its own. No
// device is there; a core must live without.
func demo(t *testing.T, change ...string) *config.Config {
	t.Helper()
	text, err := os.ReadFile("../../../packaging/demo/cubby.toml")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(append(change, "127.0.0.1:8470", "127.0.0.1:0")...).Replace(string(text))
	path := filepath.Join(t.TempDir(), "cubby.toml")
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestACoreServesWithoutAnyDeviceAndStopsWhole(t *testing.T) {
	cfg := demo(t)
	for range 2 { // the second finds what the first has left
		c, err := Open(t.Context(), cfg, quiet)
		if err != nil {
			t.Fatal(err)
		}
		screen, err := client.New("unix:"+cfg.Rest.Socket, "")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		for v := range screen.Views(ctx) {
			if v.Step == "idle" {
				break
			}
		}
		if err := ctx.Err(); err != nil {
			t.Fatal("no idle page:", err)
		}
		cancel()
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatPreventsACoreFromStartingIsSaidInASentence(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, c := range []struct {
		name    string
		prepare func(t *testing.T) *config.Config
		want    string
	}{
		{"another core on the same folder", func(t *testing.T) *config.Config {
			cfg := demo(t)
			first, err := Open(t.Context(), cfg, quiet)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { first.Close() })
			return cfg
		}, "another core is running"},
		{"the station's key is gone", func(t *testing.T) *config.Config {
			cfg := demo(t)
			first, err := Open(t.Context(), cfg, quiet)
			if err != nil {
				t.Fatal(err)
			}
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			os.Remove(KeyFile(cfg))
			return cfg
		}, "restore it from the backup"},
		{"the port is taken", func(t *testing.T) *config.Config {
			return demo(t, "127.0.0.1:8470", taken.Addr().String())
		}, "address already in use"},
		{"the data folder is a file", func(t *testing.T) *config.Config {
			cfg := demo(t)
			if err := os.WriteFile(cfg.Station.DataDir, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			return cfg
		}, "not a directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			core, err := Open(t.Context(), c.prepare(t), quiet)
			if err == nil {
				core.Close()
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("it says %q, want %q in it", err, c.want)
			}
		})
	}
}
