// Package camera takes single pictures: from an address that gives one for each GET, or
// from a program that writes one to its standard output. It makes a small JPEG of each,
// without anything but the picture in it.
//
// One goroutine looks every half minute whether the camera is there. It takes no picture
// for that: nobody is photographed unasked. A Camera may be used by any goroutine and takes
// one picture at a time; it keeps none.
package camera

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// Config describes one camera. It has a URL or a Command.
type Config struct {
	Device  string        // its name for people and metrics: "camera counter"
	URL     string        // http or https, on this machine or in a private network
	Command []string      // the first word is the whole path; no shell reads them
	Timeout time.Duration // of one picture; default 10 s
	Poll    time.Duration // between two looks whether it is there; default 30 s
}

// State is the status of a camera.
type State string

// The states.
const (
	Working State = "working"
	Silent  State = "silent"  // it did not answer in time
	Suspect State = "suspect" // what it sent is no picture, or too large a one
	Gone    State = "gone"    // it cannot be reached, or its program cannot be run
)

// A Report tells that a state changed.
type Report struct {
	Device string
	State  State
	Detail string // for staff
	At     time.Time
}

// A Sink takes reports. It must not block.
type Sink interface{ CameraChanged(Report) }

// A Camera is a camera at work.
type Camera struct {
	cfg  Config
	sink Sink

	stop context.CancelFunc
	done chan struct{}
	turn chan struct{} // held by whoever takes a picture

	mu   sync.Mutex // guards what follows
	last Report
}

// Check says what is wrong with a configuration.
func Check(cfg Config) error {
	switch {
	case (cfg.URL == "") == (len(cfg.Command) == 0):
		return errors.New("has to have an url or a command, one of the two")
	case len(cfg.Command) > 0 && !filepath.IsAbs(cfg.Command[0]):
		return fmt.Errorf("the command begins with %q: with the whole path of a program", cfg.Command[0])
	case len(cfg.Command) > 0:
		return nil
	}
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return errors.New("the url is no address such as \"http://192.168.0.20/snapshot.jpg\"")
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil && !near(ip) {
		return fmt.Errorf("the url leads to %s: a camera is on this machine or in a private network", ip)
	}
	return nil
}

// near reports whether an address is this machine's or in a private network.
func near(ip net.IP) bool { return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() }

// Open starts the camera's goroutine. A camera that is missing is no error: it is reported.
func Open(cfg Config, sink Sink) (*Camera, error) {
	if sink == nil || cfg.Device == "" {
		return nil, errors.New("camera: a device name and a sink are needed")
	}
	if err := Check(cfg); err != nil {
		return nil, fmt.Errorf("%s %w", cfg.Device, err)
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.Poll <= 0 {
		cfg.Poll = 30 * time.Second
	}
	ctx, stop := context.WithCancel(context.Background())
	c := &Camera{cfg: cfg, sink: sink, stop: stop, done: make(chan struct{}), turn: make(chan struct{}, 1)}
	go c.run(ctx)
	return c, nil
}

// Close ends what is under way.
func (c *Camera) Close() error {
	c.stop()
	<-c.done
	return nil
}

// Device is the camera's name for people and metrics.
func (c *Camera) Device() string { return c.cfg.Device }

// State is the last report; its State is empty before the first look.
func (c *Camera) State() Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

// Take takes a picture and returns it as a small JPEG.
func (c *Camera) Take(ctx context.Context) ([]byte, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	within, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	raw, err := c.fetch(within)
	if err == nil {
		var picture []byte
		if picture, err = Small(raw); err == nil {
			c.report(Working, "")
			return picture, nil
		}
	}
	switch {
	case ctx.Err() != nil: // nobody wants it any more
	case within.Err() != nil:
		err = fmt.Errorf("no picture within %s", c.cfg.Timeout)
		c.report(Silent, err.Error())
	case errors.Is(err, errNoPicture):
		c.report(Suspect, err.Error())
	default:
		c.report(Gone, err.Error())
	}
	return nil, err
}

func (c *Camera) run(ctx context.Context) {
	defer close(c.done)
	look := time.NewTicker(c.cfg.Poll)
	defer look.Stop()
	for {
		c.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

// look finds out whether the camera is there. That it is does not say that its pictures
// are good: what a picture has shown stands until the next one.
func (c *Camera) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	err := c.there(ctx)
	switch before := c.State().State; {
	case ctx.Err() != nil && err != nil:
		c.report(Gone, fmt.Sprintf("it cannot be reached within %s", c.cfg.Timeout))
	case err != nil:
		c.report(Gone, err.Error())
	case before == "" || before == Gone:
		c.report(Working, "")
	}
}

func (c *Camera) there(ctx context.Context) error {
	if len(c.cfg.Command) > 0 {
		_, err := exec.LookPath(c.cfg.Command[0])
		return err
	}
	u, err := url.Parse(c.cfg.URL)
	if err != nil {
		return err
	}
	port := u.Port()
	if port == "" {
		port = u.Scheme
	}
	conn, err := nearby.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err == nil {
		err = conn.Close()
	}
	return err
}

// report notes and passes on a state that differs from the last one.
func (c *Camera) report(state State, detail string) {
	r := Report{Device: c.cfg.Device, State: state, Detail: detail, At: time.Now()}
	c.mu.Lock()
	same := c.last.State == state && c.last.Detail == detail
	if !same {
		c.last = r
	}
	c.mu.Unlock()
	if !same {
		c.sink.CameraChanged(r)
	}
}
