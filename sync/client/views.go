package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"net/http"
	"net/url"
	"time"

	"cubby/locker/view"
	"cubby/sync/problem"
	"cubby/sync/sse"
)

const (
	// silence is how long a stream of views may be silent before it counts as
	// dead. The server says that it lives every 5 s.
	silence = 12 * time.Second

	firstPause   = 100 * time.Millisecond
	longestPause = time.Second
	mostView     = 4 << 20 // bytes
)

// At returns a client of the same core whose views and touches are those of a
// terminal. The empty name is the kiosk, which every other client stands for.
func (c *Client) At(terminal string) *Client {
	at := *c
	at.terminal = terminal
	return &at
}

// View is what the screen shows now.
func (c *Client) View(ctx context.Context) (v view.View, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/screen/v1/view" + c.query()}, &v)
	return v, err
}

// Act does what a person touched. It is sent once and never repeated.
func (c *Client) Act(ctx context.Context, a view.Action) error {
	a.Terminal = c.terminal
	_, err := c.do(ctx, call{method: "POST", path: "/screen/v1/actions", body: a}, nil)
	return err
}

func (c *Client) query() string {
	if c.terminal == "" {
		return ""
	}
	return "?terminal=" + url.QueryEscape(c.terminal)
}

// Views delivers the view and every change of it until ctx ends, when the
// channel is closed. A slow receiver misses views, never the latest. Draw what
// arrives, in the order it arrives.
//
// While the core cannot be reached one view with StepUnavailable and
// ReasonCoreMissing is delivered, in the language and with the wall of the
// view before, and the client keeps trying. While the core knows no terminal of
// this name the reason is ReasonNoTerminal.
func (c *Client) Views(ctx context.Context) <-chan view.View {
	out := make(chan view.View, 1)
	go func() {
		defer close(out)
		var last view.View
		var told view.Reason // why there is none; empty: there is one
		pause := firstPause
		for ctx.Err() == nil {
			err := c.follow(ctx, func(v view.View) {
				last, told, pause = v, "", firstPause
				latest(out, v)
			})
			if ctx.Err() != nil {
				return
			}
			if why := reasonOf(err); why != told {
				told = why
				latest(out, without(last, why))
			}
			select {
			case <-ctx.Done():
			case <-time.After(pause/2 + rand.N(pause/2)):
			}
			pause = min(2*pause, longestPause)
		}
	}()
	return out
}

// NoTerminal reports whether an answer says that the core knows no terminal of this
// name.
func NoTerminal(err error) bool {
	p := new(problem.Problem)
	return errors.As(err, &p) && p.Slug() == "no-such-terminal"
}

func reasonOf(err error) view.Reason {
	if NoTerminal(err) {
		return view.ReasonNoTerminal
	}
	return view.ReasonCoreMissing
}

// without is the page of a screen that gets no view.
func without(last view.View, why view.Reason) view.View {
	return view.View{Step: view.StepUnavailable, Reason: why,
		Rev: last.Rev, Station: last.Station, Language: last.Language, Languages: last.Languages, Wall: last.Wall}
}

// latest puts v in place of what has not been taken yet. One goroutine sends.
func latest(out chan view.View, v view.View) {
	select {
	case <-out:
	default:
	}
	out <- v
}

// follow reads one stream until it ends, breaks or falls silent.
func (c *Client) follow(ctx context.Context, deliver func(view.View)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watchdog := time.AfterFunc(silence, cancel)
	defer watchdog.Stop()
	r, err := c.open(
		ctx,
		call{
			method: "GET",
			path:   "/screen/v1/views" + c.query(),
			header: http.Header{"Accept": {sse.ContentType}},
		},
	)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.StatusCode != http.StatusOK || media != sse.ContentType {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10))
		return problem.Read(r.StatusCode, media, body)
	}
	messages := sse.NewReader(r.Body, mostView, func() { watchdog.Reset(silence) })
	for {
		m, err := messages.Next()
		if err != nil {
			return err
		}
		if m.Event != "view" {
			continue
		}
		var v view.View
		if err := json.Unmarshal(m.Data, &v); err != nil {
			return fmt.Errorf("a view cannot be read; is the screen older than its core? %w", err)
		}
		deliver(v)
	}
}
