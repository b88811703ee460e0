package sim

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// staleAfter is how long bytes wait for a reader. A serial line keeps nothing
// for a program that is not listening.
const staleAfter = time.Second

// port is a pseudo-terminal with a stable name. The slave stays open here, so
// that a driver that closes its end does not hang up the line.
type port struct {
	link          string
	master, slave *os.File
	done          chan struct{}
}

// openPort makes a terminal. A new one takes the lowest free number, so that it
// often has the name of the one that has just gone; another one never has that.
func openPort(link string, another bool) (*port, error) {
	if another {
		if master, slave, err := pty.Open(); err == nil {
			defer master.Close()
			defer slave.Close()
		}
	}
	master, slave, err := pty.Open()
	if err != nil {
		return nil, fmt.Errorf("make a pseudo-terminal: %w", err)
	}
	if master, err = interruptible(master); err != nil {
		slave.Close()
		return nil, err
	}
	p := &port{link: link, master: master, slave: slave, done: make(chan struct{})}
	if err = p.makeRaw(); err == nil {
		err = p.makeLink()
	}
	if err != nil {
		p.master.Close()
		p.slave.Close()
		return nil, err
	}
	go p.keep()
	return p, nil
}

// interruptible gives the file back under a new descriptor that the poller
// watches. Package pty leaves it in blocking mode, where Close would not end a
// Read for as long as a driver has the other side open.
func interruptible(f *os.File) (*os.File, error) {
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("take over the pseudo-terminal: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("take over the pseudo-terminal: %w", err)
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// ioctl runs f on the slave's descriptor without taking the file away from the
// poller, as Fd would.
func (p *port) ioctl(f func(fd int) error) error {
	raw, err := p.slave.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := raw.Control(func(fd uintptr) { inner = f(int(fd)) }); err != nil {
		return err
	}
	return inner
}

// makeRaw switches off echo, line editing and every translation.
func (p *port) makeRaw() error {
	return p.ioctl(func(fd int) error {
		t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil {
			return fmt.Errorf("read the terminal's settings: %w", err)
		}
		t.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR |
			unix.ICRNL | unix.IXON
		t.Oflag &^= unix.OPOST
		t.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
		t.Cflag = t.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8
		t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
		if err := unix.IoctlSetTermios(fd, unix.TCSETS, t); err != nil {
			return fmt.Errorf("switch the terminal to raw: %w", err)
		}
		return nil
	})
}

// makeLink points the stable name at the terminal; what is there already is
// left alone.
func (p *port) makeLink() error {
	if p.link == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(p.link), 0o755); err != nil {
		return fmt.Errorf("make the folder of the port: %w", err)
	}
	if err := os.Symlink(p.slave.Name(), p.link); errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists and is in use or not ours: remove it, or give another path", p.link)
	} else if err != nil {
		return fmt.Errorf("make the port's link: %w", err)
	}
	return nil
}

// removeLeftBehind removes a link that a killed simulator could not remove: one
// to a terminal that is gone. It must be done before any terminal is made, since
// a new one takes the lowest free number and would bring the target back.
func removeLeftBehind(link string) error {
	target, err := os.Readlink(link)
	if err != nil || !strings.HasPrefix(target, "/dev/pts/") {
		return nil // nothing there, or nothing of ours
	}
	if _, err := os.Stat(target); !errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err := os.Remove(link); err != nil {
		return fmt.Errorf("remove an old link: %w", err)
	}
	return nil
}

// keep does once a second what a wire does by itself: it loses what nobody
// reads, and forgets that a driver which was killed had it for itself (a
// terminal keeps TIOCEXCL for as long as anybody, here this side, has it open).
func (p *port) keep() {
	const looks = 10 // a time in which nobody was run, driver or site, makes one of them
	tick := time.NewTicker(staleAfter / looks)
	defer tick.Stop()
	waiting, same := 0, 0
	for look := 1; ; look++ {
		select {
		case <-p.done:
			return
		case <-tick.C:
		}
		// A failure means that the port is being closed; done tells so next.
		_ = p.ioctl(func(fd int) error {
			n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
			if err != nil {
				return err
			}
			if same++; n == 0 || n != waiting {
				same = 0
			}
			if same == looks {
				n = 0
				if err := unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIFLUSH); err != nil {
					return err
				}
			}
			waiting = n
			if look%looks > 0 {
				return nil
			}
			return unix.IoctlSetInt(fd, unix.TIOCNXCL, 0)
		})
	}
}

func (p *port) Read(b []byte) (int, error)  { return p.master.Read(b) }
func (p *port) Write(b []byte) (int, error) { return p.master.Write(b) }

func (p *port) name() string { return p.slave.Name() }

// close hangs up; whoever has the slave open gets an error.
func (p *port) close() error {
	close(p.done)
	var errs []error
	if target, err := os.Readlink(p.link); p.link != "" && err == nil && target == p.slave.Name() {
		errs = append(errs, os.Remove(p.link))
	}
	return errors.Join(append(errs, p.master.Close(), p.slave.Close())...)
}
