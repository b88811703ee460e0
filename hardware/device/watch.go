package device

import (
	"fmt"
	"maps"
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
// below /dev vanish with their last device and notices can be lost. One serves
// all who keep ports open; its methods may be called from any goroutine.
//
// A nil Watcher finds the devices of this machine and tells of none.
type Watcher struct {
	finder *Finder
	notify *fsnotify.Watcher // nil: the machine grants no more of them; the slow look has to do
	stop   chan struct{}
	done   chan struct{}

	mu      sync.Mutex // guards what follows
	changed chan struct{}
	last    map[string]string // how the adapters ("") and the paths heeded were seen last
}

// Watch begins to watch the devices. The Watcher must be closed.
func (f *Finder) Watch() *Watcher {
	w := &Watcher{
		finder: f, stop: make(chan struct{}), done: make(chan struct{}), changed: make(chan struct{}),
		last: map[string]string{},
	}
	if n, err := fsnotify.NewWatcher(); err == nil {
		w.notify = n
	}
	w.last[""] = w.adapters()
	w.attach()
	go w.run()
	return w
}

// Heed watches a port as well that may be a path of its own, which no list of
// adapters holds.
func (w *Watcher) Heed(port string) {
	for _, scheme := range readAsFiles {
		port = strings.TrimPrefix(port, scheme)
	}
	if w == nil || !IsPath(port) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, again := w.last[port]; !again {
		w.last[port] = state(port)
		w.follow(filepath.Dir(port))
	}
}

// Resolve is the Finder's.
func (w *Watcher) Resolve(port string) (string, error) {
	if w == nil {
		return At("").Resolve(port)
	}
	return w.finder.Resolve(port)
}

// Changed is closed at the next change. Take a new one before each look at what
// is waited for; a change between the two is not missed then.
func (w *Watcher) Changed() <-chan struct{} {
	if w == nil {
		return nil
	}
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

func (w *Watcher) run() {
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
		w.look()
	}
}

// look compares what is there with what was, and tells of a difference.
func (w *Watcher) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.attach()
	now := map[string]string{"": w.adapters()}
	for port := range w.last {
		if port != "" {
			w.follow(filepath.Dir(port))
			now[port] = state(port)
		}
	}
	if maps.Equal(now, w.last) {
		return
	}
	w.last = now
	close(w.changed)
	w.changed = make(chan struct{})
}

// attach watches the adapters' folders that are there now.
func (w *Watcher) attach() {
	for _, folder := range w.finder.folders {
		w.follow(folder)
		if !w.finder.deep {
			continue
		}
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if e.IsDir() {
				w.follow(filepath.Join(folder, e.Name()))
			}
		}
	}
}

// follow has the kernel tell of a folder. Adding one again is harmless, and one
// that is not there is tried again at the next look.
func (w *Watcher) follow(folder string) {
	if w.notify != nil {
		_ = w.notify.Add(folder)
	}
}

// adapters is all that matters about the adapters in one comparable text.
func (w *Watcher) adapters() string {
	var b strings.Builder
	all, err := w.finder.List()
	fmt.Fprintln(&b, all, err)
	for _, a := range all {
		fmt.Fprintln(&b, node(a.TTY))
	}
	return b.String()
}

// state is the same of a path with links.
func state(path string) string {
	tty, err := filepath.EvalSymlinks(path)
	return fmt.Sprint(tty, err != nil, linked(path), node(path))
}

// linked is when a link was made; empty for what is none. A device that was
// away for a moment may be behind a new link what it was behind the old one.
func linked(path string) string {
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		return ""
	}
	return info.ModTime().String()
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
