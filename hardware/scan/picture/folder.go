// Package picture reads codes from pictures, for a station whose reader is a
// camera: some capture program writes PNG or JPEG files to a folder, and what is
// read in them arrives like a scan.
//
// A picture is read once and then removed, whether a code was found or not: it
// may show a pickup code, or a face. Only files that came after Open are read and
// removed; what was in the folder before is left alone, so that a code from a
// time when nobody listened opens nothing, and a folder named by mistake loses
// nothing. The writer should write under a name that begins with a dot and then
// rename; a picture that is not complete is tried again for three seconds.
//
// Nothing of a picture is kept or told but its code. It has been proven with
// pictures drawn by programs, not with a camera.
package picture

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"cubby/hardware/line"
)

const (
	lookAgain = time.Second     // the folder is looked through even when nothing was told of it
	patience  = 3 * time.Second // how long a picture may take to become complete
	largest   = 16 << 20        // bytes of a file
)

// ErrReadOnly is the answer to a Write.
var ErrReadOnly = errors.New("a folder of pictures takes no commands")

// A Folder is watched for pictures. Its methods may be called from any goroutine.
type Folder struct {
	path    string
	known   map[string]time.Time // files that are none of ours, by name, as they were last changed
	watcher *fsnotify.Watcher
	chunks  chan line.Chunk
	stop    chan struct{}
	done    chan struct{}
	once    sync.Once

	mu  sync.Mutex // guards what follows
	err error
}

// Open begins to watch the folder, which must exist and be writable.
func Open(path string) (*Folder, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", path, err)
	}
	f := &Folder{path: path, known: map[string]time.Time{}, watcher: watcher,
		chunks: make(chan line.Chunk, 16), stop: make(chan struct{}), done: make(chan struct{})}
	err = watcher.Add(path)
	if err == nil {
		err = f.each(func(name string, info os.FileInfo) error { f.known[name] = info.ModTime(); return nil })
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("watch %s: %w (make the folder, and let the capture program write to it)",
			path, err), watcher.Close())
	}
	go f.watch()
	return f, nil
}

// Chunks delivers each code found, as one chunk. It is closed when the folder
// has failed.
func (f *Folder) Chunks() <-chan line.Chunk { return f.chunks }

// Write is refused: nothing can be said to a folder.
func (f *Folder) Write([]byte, time.Duration) error { return ErrReadOnly }

// Err tells why the folder is no longer watched; nil while it is.
func (f *Folder) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// Close ends the watch and waits for the picture that is being read.
func (f *Folder) Close() (err error) {
	f.fail(line.ErrClosed)
	f.once.Do(func() {
		close(f.stop)
		err = f.watcher.Close()
		<-f.done
	})
	return err
}

func (f *Folder) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
}

func (f *Folder) watch() {
	defer close(f.done)
	defer close(f.chunks)
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		select {
		case <-f.stop:
			return
		case <-again.C:
		case e, ok := <-f.watcher.Events:
			if ok && !e.Has(fsnotify.Create|fsnotify.Write|fsnotify.Rename) {
				continue
			}
		case <-f.watcher.Errors: // a burst was too long for the kernel: look at all of it
		}
		if err := f.each(f.take); err != nil {
			f.fail(fmt.Errorf("look through %s: %w", f.path, err))
			return
		}
	}
}

// each goes through the pictures in the folder.
func (f *Folder) each(do func(name string, info os.FileInfo) error) error {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		switch strings.ToLower(filepath.Ext(e.Name())) {
		case ".png", ".jpg", ".jpeg":
		default:
			continue
		}
		if strings.HasPrefix(e.Name(), ".") || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			err = do(e.Name(), info)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// take reads one picture and removes it, unless it is not complete yet.
func (f *Folder) take(name string, info os.FileInfo) error {
	select {
	case <-f.stop:
		return nil
	default:
	}
	if changed, ok := f.known[name]; ok && changed.Equal(info.ModTime()) {
		return nil
	}
	path := filepath.Join(f.path, name)
	var code []byte
	if info.Size() <= largest {
		data, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if code, err = Read(data); errors.Is(err, ErrNotComplete) && time.Since(info.ModTime()).Abs() < patience {
			return nil
		}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if code == nil {
		return nil
	}
	select {
	case f.chunks <- line.Chunk{Bytes: code, At: time.Now()}:
	case <-f.stop:
	}
	return nil
}
