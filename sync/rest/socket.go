package rest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// maxSocketPath is what fits into sockaddr_un on Linux, in bytes, without its
// closing zero and the "~/s" a socket is born under.
const maxSocketPath = 107 - 3

// A socket takes its file away when it is closed.
type socket struct {
	net.Listener
	path string
	born fs.FileInfo
}

// Close closes the socket and removes its file, unless a successor has put its
// own there.
func (s *socket) Close() error {
	if now, err := os.Lstat(s.path); err == nil && os.SameFile(s.born, now) {
		os.Remove(s.path)
	}
	return s.Listener.Close()
}

// ListenUnix makes the Unix socket for ServeUnix, mode 0600. A socket file that
// nobody answers on is replaced; one that somebody answers on is left alone and
// is an error, and so is any other file.
func ListenUnix(path string) (net.Listener, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	l, err := listenUnix(path)
	if err != nil {
		return nil, err
	}
	born, err := os.Lstat(path)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return &socket{l, path, born}, nil
}

// ServeUnix answers on the socket until ctx ends or Close is called; the
// listener is closed afterwards.
func (s *Server) ServeUnix(ctx context.Context, l net.Listener) error {
	return s.serve(ctx, l, s.unix)
}

// listenUnix makes the socket within a closed directory beside path and moves
// it into place, so that nobody can connect before its mode is set.
func listenUnix(path string) (net.Listener, error) {
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf(
			"the socket's path %s is longer than %d bytes; choose a shorter one", path, maxSocketPath)
	}
	if err := vacant(path); err != nil {
		return nil, err
	}
	cradle := path + "~"
	if err := os.RemoveAll(cradle); err != nil {
		return nil, err
	}
	if err := os.Mkdir(cradle, 0o700); err != nil {
		return nil, err
	}
	defer os.RemoveAll(cradle)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(cradle, "s"), Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	if err = os.Chmod(filepath.Join(cradle, "s"), 0o600); err == nil {
		err = os.Rename(filepath.Join(cradle, "s"), path)
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// vacant reports whether a socket may be put at path.
func vacant(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s exists and is not a socket; remove it or choose another path", path)
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		c.Close()
		return fmt.Errorf("somebody answers on %s already; stop that core first", path)
	}
	if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("it is not clear whether somebody answers on %s: %w", path, err)
}
