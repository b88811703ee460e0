package device

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// opened is a port that is open until it is closed or the test pulls it out.
type opened struct {
	path   string
	failed chan error
	kept   error
}

func (o *opened) Close() error { return o.kept }

// desk is where a keeper's user tells of what happens.
type desk struct {
	ports chan *opened
	gone  chan error
}

// keep runs a keeper that is stopped with the test.
func keep(t *testing.T, devices *Watcher, port string, pauses Pauses) *desk {
	d, stop, done := &desk{
		ports: make(chan *opened), gone: make(chan error, 99),
	}, make(chan struct{}), make(chan struct{})
	k := Keeper[*opened]{
		Devices: devices, Port: port, Pauses: pauses, Stop: stop,
		Open: func(path string) (*opened, error) {
			if _, err := os.Stat(path); err != nil {
				return nil, err
			}
			return &opened{path: path, failed: make(chan error)}, nil
		},
		Serve: func(o *opened) error {
			d.ports <- o
			select {
			case err := <-o.failed:
				return err
			case <-stop:
				return errors.New("it was told to stop")
			}
		},
		Gone: func(err error) { d.gone <- err },
	}
	go func() {
		defer close(done)
		if err := k.Run(); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { close(stop); <-done })
	return d
}

func next[T any](t *testing.T, what string, from <-chan T) (one T) {
	t.Helper()
	select {
	case one = <-from:
	case <-time.After(2 * time.Minute):
		t.Fatal("waited in vain for ", what)
	}
	return one
}

// The pause is an hour: only the watcher can be what ends it.
func TestAPortThatComesBackUnderAnotherNameIsOpenedWithoutAPause(t *testing.T) {
	hour := Pauses{time.Hour, time.Hour}
	t.Run("an adapter by its socket", func(t *testing.T) {
		tree, dev := t.TempDir(), t.TempDir()
		d := keep(t, watched(t, tree), "usb-path:1-1", hour)
		if err := next(t, "the missing port", d.gone); !errors.Is(err, ErrMissing) {
			t.Errorf("it says %v", err)
		}
		plug(t, tree, "a", "1-1", "1a86", "7523", "", filepath.Join(dev, "ttyUSB0"))
		first := next(t, "the port", d.ports)
		if err := os.RemoveAll(filepath.Join(tree, "a")); err != nil {
			t.Fatal(err)
		}
		first.failed <- errors.New("pulled out")
		if err := next(t, "the failure", d.gone); err.Error() != "pulled out" {
			t.Errorf("it says %v", err)
		}
		plug(t, tree, "a", "1-1", "1a86", "7523", "", filepath.Join(dev, "ttyUSB7"))
		if second := next(t, "the port again", d.ports); filepath.Base(second.path) != "ttyUSB7" {
			t.Errorf("opened again was %s", second.path)
		}
	})
	t.Run("a path", func(t *testing.T) {
		dev := t.TempDir()
		stable := filepath.Join(dev, "printer")
		d := keep(t, watched(t, t.TempDir()), stable, hour)
		next(t, "the missing port", d.gone)
		write(t, "", dev, "lp0")
		link(t, filepath.Join(dev, "lp0"), stable)
		next(t, "the port", d.ports)
	})
}

func TestPausesGrowUntilAPortHasHeldForLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here := t.TempDir()
		d := keep(t, nil, filepath.Join(here, "port"), Pauses{time.Second, 8 * time.Second})
		begun := time.Now()
		var at []time.Duration
		for range 6 {
			<-d.gone
			at = append(at, time.Since(begun)/time.Second)
		}
		write(t, "", here, "port")
		port := <-d.ports
		<-time.After(9 * time.Second)
		port.failed <- errors.New("pulled out")
		<-d.gone
		failed := time.Now()
		<-d.ports
		at = append(at, time.Since(failed)/time.Second)
		if want := []time.Duration{0, 1, 3, 7, 15, 23, 1}; !slices.Equal(at, want) {
			t.Errorf("tried after %d seconds, want %d", at, want)
		}
	})
}

func TestAPortThatTheSystemKeepsIsTold(t *testing.T) {
	stop := make(chan struct{})
	err := Keeper[*opened]{
		Port: "tcp://printer:9100", Pauses: UsualPauses, Stop: stop,
		Open:  func(string) (*opened, error) { return &opened{kept: errors.New("wedged")}, nil },
		Serve: func(*opened) error { close(stop); return nil },
		Gone:  func(err error) { t.Errorf("gone: %v", err) },
	}.Run()
	if err == nil || err.Error() != "tcp://printer:9100: wedged" {
		t.Errorf("it says %v", err)
	}
}
