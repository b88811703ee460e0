package client

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/view"
	"cubby/sync/sse"
)

func TestAScreenOutlivesItsCore(t *testing.T) {
	path := socketPath(t)
	c, err := New("unix:"+path, "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	views := c.Views(ctx)
	if v := await(t, views, view.StepUnavailable); v.Reason != view.ReasonCoreMissing {
		t.Errorf("without a core: %+v", v)
	}

	first := &core{view: view.View{Rev: 9, Station: "Main street", Step: view.StepIdle, Language: "de"}}
	end := first.serve(t, path)
	await(t, views, view.StepIdle)
	first.show(
		view.View{Rev: 10, Station: "Main street", Step: view.StepPickupEnter, Visit: "v1", Language: "de"})
	await(t, views, view.StepPickupEnter)
	end()
	if v := await(t, views, view.StepUnavailable); v.Language != "de" || v.Station != "Main street" ||
		v.Visit != "" {
		t.Errorf("when the core has gone: %+v", v)
	}

	second := &core{view: view.View{Rev: 1, Step: view.StepToCheck, Language: "de"}}
	end = second.serve(t, path)
	defer end()
	await(t, views, view.StepToCheck) // although its revision is lower
	cancel()
	for range views { // closed
	}
}

// overPipes runs play with the views of a server whose streams behave as
// stream says, over pipes, so that time can be turned. dials counts the
// connections made so far.
func overPipes(
	t *testing.T, stream func(http.ResponseWriter, *http.Request),
	play func(views <-chan view.View, dials *atomic.Int32),
) {
	synctest.Test(t, func(t *testing.T) {
		var dials atomic.Int32
		server := &http.Server{Handler: http.HandlerFunc(stream)}
		pipes := make(pipeListener)
		go server.Serve(pipes)
		c, err := New("http://station.example:80", "")
		if err != nil {
			t.Fatal(err)
		}
		c.http.Transport = &http.Transport{
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				dials.Add(1)
				near, far := net.Pipe()
				pipes <- far
				return near, nil
			},
		}
		ctx, cancel := context.WithCancel(t.Context())
		views := c.Views(ctx)
		play(views, &dials)
		cancel()
		for range views {
		}
		c.Close()
		server.Close()
	})
}

// speak begins a stream with an idle view, after a message of another kind.
func speak(w http.ResponseWriter) {
	w.Header().Set("Content-Type", sse.ContentType)
	w.Write(sse.Message{Event: "news", Data: []byte(`{"step":"open"}`)}.Append(nil))
	w.Write(sse.Message{Event: "view", Data: []byte(`{"step":"idle"}`)}.Append(nil))
	http.NewResponseController(w).Flush()
}

func TestAStreamThatFallsSilentIsDroppedAndBegunAgain(t *testing.T) {
	overPipes(t, func(w http.ResponseWriter, r *http.Request) {
		speak(w)
		<-r.Context().Done()
	}, func(views <-chan view.View, dials *atomic.Int32) {
		began := time.Now()
		if v := <-views; v.Step != view.StepIdle {
			t.Errorf("first came %s", v.Step)
		}
		if v := <-views; v.Reason != view.ReasonCoreMissing || time.Since(began) != silence {
			t.Errorf("then came %s after %v", v.Reason, time.Since(began))
		}
		if v := <-views; v.Step != view.StepIdle || dials.Load() != 2 ||
			time.Since(began) > silence+longestPause {
			t.Errorf("then came %s by connection %d after %v", v.Step, dials.Load(), time.Since(began))
		}
	})
}

func TestACoreThatNeverSpeaksIsMissingAndToldOnce(t *testing.T) {
	overPipes(
		t,
		func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		func(views <-chan view.View, dials *atomic.Int32) {
			began := time.Now()
			if v := <-views; v.Reason != view.ReasonCoreMissing || time.Since(began) != silence {
				t.Errorf("came %s after %v", v.Reason, time.Since(began))
			}
			select {
			case v := <-views:
				t.Errorf("and then %+v", v)
			case <-time.After(3 * silence):
			}
			if dials.Load() < 3 {
				t.Errorf("%d tries in %v", dials.Load(), time.Since(began))
			}
		},
	)
}

func TestSignsOfLifeKeepAStream(t *testing.T) {
	overPipes(t, func(w http.ResponseWriter, r *http.Request) {
		speak(w)
		for {
			select {
			case <-time.After(silence / 2):
			case <-r.Context().Done():
				return
			}
			w.Write([]byte(sse.KeepAlive))
			http.NewResponseController(w).Flush()
		}
	}, func(views <-chan view.View, dials *atomic.Int32) {
		<-views
		select {
		case v := <-views:
			t.Errorf("the stream was given up: %+v", v)
		case <-time.After(10 * silence):
		}
		if dials.Load() != 1 {
			t.Errorf("%d connections", dials.Load())
		}
	})
}

// pipeListener accepts the connections sent to it.
type pipeListener chan net.Conn

func (l pipeListener) Accept() (net.Conn, error) {
	if c, ok := <-l; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (l pipeListener) Close() error   { close(l); return nil }
func (l pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

func TestTheLatestViewWins(t *testing.T) {
	out := make(chan view.View, 1)
	for rev := range uint64(5) {
		latest(out, view.View{Rev: rev})
	}
	if v := <-out; v.Rev != 4 || len(out) != 0 {
		t.Errorf("taken %d, %d more wait", v.Rev, len(out))
	}
}

// A terminal that the core does not know is said on the screen, and found when the
// core comes back with it.
func TestAScreenSaysThatItsTerminalIsNotThere(t *testing.T) {
	path := socketPath(t)
	c, err := New("unix:"+path, "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	first := &core{view: view.View{Rev: 9, Step: view.StepIdle}, unknown: "desk"}
	end := first.serve(t, path)
	if _, err := c.At("desk").View(ctx); !NoTerminal(err) {
		t.Errorf("asked for a terminal that is not there it says %v", err)
	}
	if _, err := c.At("kiosk").View(ctx); err != nil {
		t.Error(err)
	}
	views := c.At("desk").Views(ctx)
	if v := await(t, views, view.StepUnavailable); v.Reason != view.ReasonNoTerminal {
		t.Errorf("it shows %+v", v)
	}
	end()
	if v := await(t, views, view.StepUnavailable); v.Reason != view.ReasonCoreMissing {
		t.Errorf("when the core has gone: %+v", v)
	}
	second := &core{view: view.View{Rev: 1, Step: view.StepIdle}}
	end = second.serve(t, path)
	defer end()
	await(t, views, view.StepIdle)
	cancel()
	for range views { // closed
	}
}
