package core

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"cubby/cmd/internal/config"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/sync/api"
	"cubby/sync/rest"
)

// A front keeps the endpoint's two addresses while one core ends and the next begins.
// Between them it answers that nothing is served, and why; whoever comes while it
// changes hands waits a moment. One goroutine uses it.
type front struct {
	tcp, unix *address
	absent    *rest.Server // serves while there is no core
	lent      []*lent      // to it
	serving   sync.WaitGroup
}

// listenTCP lends the address of the configuration.
func (f *front) listenTCP(cfg *config.Config) (*lent, error) {
	return f.lend(&f.tcp, cfg.Rest.Listen, func() (net.Listener, error) { return net.Listen("tcp", cfg.Rest.Listen) })
}

// listenUnix lends the socket of the configuration.
func (f *front) listenUnix(cfg *config.Config) (*lent, error) {
	return f.lend(&f.unix, cfg.Rest.Socket, func() (net.Listener, error) {
		if err := os.MkdirAll(filepath.Dir(cfg.Rest.Socket), 0o755); err != nil {
			return nil, err
		}
		return rest.ListenUnix(cfg.Rest.Socket)
	})
}

func (f *front) lend(at **address, name string, listen func() (net.Listener, error)) (*lent, error) {
	if *at != nil && (*at).name != name { // the configuration has changed
		f.there()
		(*at).close()
		*at = nil
	}
	if *at == nil {
		l, err := listen()
		if err != nil {
			return nil, err
		}
		*at = newAddress(name, l)
	}
	return borrow(*at), nil
}

// rested has a server take no more connections, and waits a moment until those taken have
// been answered: a server that ends drops requests it has not read yet. Who comes
// meanwhile waits for the next server.
func rested(lents ...*lent) {
	var all sync.WaitGroup
	for _, l := range lents {
		all.Go(l.rest)
	}
	all.Wait()
}

// away answers from now on that nothing is served. It does nothing before something was.
func (f *front) away(cfg *config.Config, why error, log *slog.Logger) {
	f.there()
	if f.tcp == nil || f.unix == nil {
		return
	}
	server, err := rest.New(rest.Config{
		Families: api.Families(api.Site{Name: cfg.Station.ID, Station: absentStation{cfg: cfg, why: why}}),
		Keys:     noKeys{}, Log: log,
		Closed: "the station serves nobody: " + why.Error(),
	})
	if err != nil {
		log.Error("nobody answers while there is no core", "error", err)
		return
	}
	f.absent = server
	tcp, unix := borrow(f.tcp), borrow(f.unix)
	f.lent = []*lent{tcp, unix}
	f.serving.Go(func() { server.ServeTCP(context.Background(), tcp) }) // ends with there
	f.serving.Go(func() { server.ServeUnix(context.Background(), unix) })
}

// there ends away: a core serves.
func (f *front) there() {
	if f.absent != nil {
		rested(f.lent...)
		f.absent.Close()
		f.serving.Wait()
		f.absent = nil
	}
}

// close gives the addresses back.
func (f *front) close() {
	f.there()
	for _, at := range []**address{&f.tcp, &f.unix} {
		if *at != nil {
			(*at).close()
			*at = nil
		}
	}
}

// An address accepts connections for whoever has borrowed it.
type address struct {
	net.Listener
	name   string
	conns  chan net.Conn
	closed chan struct{}
}

func newAddress(name string, l net.Listener) *address {
	a := &address{Listener: l, name: name, conns: make(chan net.Conn), closed: make(chan struct{})}
	go a.accept()
	return a
}

func (a *address) accept() {
	for {
		c, err := a.Listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // too many files, for example
			select {
			case <-time.After(100 * time.Millisecond):
				continue
			case <-a.closed:
				return
			}
		}
		select {
		case a.conns <- c:
		case <-a.closed:
			c.Close()
			return
		}
	}
}

func (a *address) close() {
	close(a.closed)
	a.Listener.Close()
}

// restFor bounds how long a server that is to end waits for requests that have begun.
const restFor = 2 * time.Second

// A lent address is given back by closing it.
type lent struct {
	*address
	closed, resting     chan struct{}
	closeOnce, restOnce sync.Once

	mu      sync.Mutex // guards what follows
	settled *sync.Cond // signalled when what follows changes
	unheard int        // connections on which nothing has been answered yet
	late    bool       // nobody waits any longer
}

func borrow(a *address) *lent {
	l := &lent{address: a, closed: make(chan struct{}), resting: make(chan struct{})}
	l.settled = sync.NewCond(&l.mu)
	return l
}

// Accept waits for the next connection. Who is let in counts from before that, so that
// nobody comes in unseen while rest looks.
func (l *lent) Accept() (net.Conn, error) {
	l.count(1)
	select {
	case <-l.resting: // also when somebody waits to be let in
	default:
		select {
		case c := <-l.conns:
			return &heard{Conn: c, answered: sync.OnceFunc(func() { l.count(-1) })}, nil
		case <-l.resting:
		case <-l.closed:
		case <-l.address.closed:
			l.count(-1)
			return nil, net.ErrClosed
		}
	}
	l.count(-1)
	<-l.closed
	return nil, net.ErrClosed
}

func (l *lent) count(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unheard += n
	l.settled.Broadcast()
}

func (l *lent) rest() {
	l.restOnce.Do(func() { close(l.resting) })
	defer time.AfterFunc(restFor, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.late = true
		l.settled.Broadcast()
	}).Stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.unheard > 0 && !l.late {
		l.settled.Wait()
	}
}

// Close ends Accept; the address itself stays.
func (l *lent) Close() error {
	l.closeOnce.Do(func() { close(l.closed) })
	return nil
}

// heard is a connection that tells when something was answered on it.
type heard struct {
	net.Conn
	answered func()
}

func (h *heard) Write(b []byte) (int, error) {
	defer h.answered()
	return h.Conn.Write(b)
}

// Close closes the connection.
func (h *heard) Close() error {
	h.answered()
	return h.Conn.Close()
}

// absentStation is what is shown while there is no core. The server in front of it
// passes nothing else on.
type absentStation struct {
	api.Station
	cfg *config.Config
	why error
}

// View is the page that says that nobody is served.
func (a absentStation) HasTerminal(string) bool { return true }

// View is what every screen shows.
func (a absentStation) View(string) view.View {
	s := a.cfg.Station
	v := view.View{
		Rev: uint64(time.Now().UnixMicro()), Station: s.Name, Step: view.StepUnavailable, Reason: view.ReasonStoreFault,
		Languages: s.Languages, Wall: a.cfg.Wall(),
	}
	if len(s.Languages) > 0 {
		v.Language = s.Languages[0]
	}
	return v
}

// Views delivers that page.
func (a absentStation) Views(ctx context.Context, _ string) <-chan view.View {
	views := make(chan view.View, 1)
	views <- a.View("")
	go func() {
		<-ctx.Done()
		close(views)
	}()
	return views
}

// Act refuses.
func (absentStation) Act(context.Context, view.Action) error {
	return ledger.Refuse(ledger.Unavailable, "not-serving", "the station serves nobody at the moment")
}

// Ready says why the station does not serve.
func (a absentStation) Ready() error { return a.why }
