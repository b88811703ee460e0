package device

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	lookEvery = 2 * time.Second       // the slow look, for what the kernel did not tell
	settle    = 20 * time.Millisecond // one plug makes some files and links
)

// A Watcher tells when devices have come, gone or changed their permissions, so
// that a port that has gone can be opened again at once. It hears of it from
// the kernel (inotify) and looks by itself every two seconds, since folders
// below /dev vanish with their last device and notices can be lost.
type Watcher struct {
	finder *Finder
	ports  []string
	notify *fsnotify.Watcher // nil: the machine grants no more of them; the slow look has to do
	stop   chan struct{}
	done   chan struct{}

	mu      sync.Mutex // guards what follows
	changed chan struct{}
}

// Watch begins to watch the devices and, of the ports given, those that are
// paths. It must be closed.
func (f *Finder) Watch(ports []string) *Watcher {
	w := &Watcher{finder: f, stop: make(chan struct{}), done: make(chan struct{}), changed: make(chan struct{})}
	for _, p := range ports {
		if IsPath(p) {
			w.ports = append(w.ports, p)
		}
	}
	if n, err := fsnotify.NewWatcher(); err == nil {
		w.notify = n
	}
	w.attach()
	go w.run(w.snapshot())
	return w
}

// Changed is closed at the next change. Take a new one before each look at what
// is waited for; a change between the two is not missed then.
func (w *Watcher) Changed() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changed
}

// Close ends the watching.
func (w *Watcher) Close() error {
	close(w.stop)
	<-w.done
	if w.notify == nil {
		return nil
	}
	return w.notify.Close()
}

func (w *Watcher) run(last string) {
	defer close(w.done)
	slow := time.NewTicker(lookEvery)
	defer slow.Stop()
	var events <-chan fsnotify.Event
	var faults <-chan error
	if w.notify != nil {
		events, faults = w.notify.Events, w.notify.Errors
	}
	var soon <-chan time.Time
	for {
		select {
		case <-w.stop:
			return
		case e := <-events:
			if soon == nil && e.Op != fsnotify.Write { // every byte to a terminal is a write
				soon = time.After(settle)
			}
			continue
		case <-faults: // notices were lost: look
		case <-soon:
		case <-slow.C:
		}
		soon = nil
		w.attach()
		if now := w.snapshot(); now != last {
			last = now
			w.tell()
		}
	}
}

func (w *Watcher) tell() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.changed)
	w.changed = make(chan struct{})
}

// attach watches the folders that are there now. Adding one again is harmless,
// and one that is not there is tried again at the next look.
func (w *Watcher) attach() {
	if w.notify == nil {
		return
	}
	for _, folder := range w.finder.folders {
		_ = w.notify.Add(folder)
		if !w.finder.deep {
			continue
		}
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if e.IsDir() {
				_ = w.notify.Add(filepath.Join(folder, e.Name()))
			}
		}
	}
	for _, p := range w.ports {
		_ = w.notify.Add(filepath.Dir(p))
	}
}

// snapshot is all that matters about the devices in one comparable text.
func (w *Watcher) snapshot() string {
	var b strings.Builder
	all, err := w.finder.List()
	fmt.Fprintln(&b, all, err)
	for _, a := range all {
		fmt.Fprintln(&b, node(a.TTY))
	}
	for _, p := range w.ports {
		tty, err := filepath.EvalSymlinks(p)
		fmt.Fprintln(&b, p, tty, err != nil, node(p))
	}
	return b.String()
}

// node tells whether a device is there and who may use it. Its times are left
// out: they change with every byte.
func node(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "none"
	}
	return fmt.Sprint(info.Mode(), identityOf(info))
}
