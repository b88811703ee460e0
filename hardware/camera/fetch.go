package camera

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"syscall"
	"time"
)

// rawBytes bounds what a camera may send.
const rawBytes = 20 << 20

// nearby connects to nothing but this machine and private networks, whatever a name
// leads to.
var nearby = &net.Dialer{Timeout: time.Minute, Control: func(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || ip == nil || !near(ip) {
		return fmt.Errorf("%s is neither this machine nor in a private network", host)
	}
	return nil
}}

// web asks cameras. A camera that leads elsewhere is not followed.
var web = &http.Client{
	Transport:     &http.Transport{DialContext: nearby.DialContext, DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func (c *Camera) fetch(ctx context.Context) ([]byte, error) {
	if len(c.cfg.Command) > 0 {
		return c.fromCommand(ctx)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.cfg.URL, nil)
	if err != nil {
		return nil, errors.New("its address cannot be asked")
	}
	answer, err := web.Do(r)
	if err != nil {
		var at *url.Error // its address may hold a password
		if errors.As(err, &at) {
			err = at.Err
		}
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: it answered %d", errNoPicture, answer.StatusCode)
	}
	return all(answer.Body)
}

func all(from io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(from, rawBytes+1))
	if err == nil && len(raw) > rawBytes {
		err = fmt.Errorf("%w: it is larger than %d MiB", errNoPicture, rawBytes>>20)
	}
	return raw, err
}

// fromCommand runs the program with nothing of ours but a path to look for others in.
func (c *Camera) fromCommand(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	run := exec.CommandContext(ctx, c.cfg.Command[0], c.cfg.Command[1:]...)
	run.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that its children end with it
	run.Cancel = func() error { return syscall.Kill(-run.Process.Pid, syscall.SIGKILL) }
	run.WaitDelay = time.Second
	out, err := run.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := run.Start(); err != nil {
		return nil, err
	}
	raw, err := all(out)
	if err != nil {
		cancel()
	}
	if ended := run.Wait(); ended != nil && err == nil {
		err = fmt.Errorf("%w: its program ended with: %w", errNoPicture, ended)
	}
	return raw, err
}
