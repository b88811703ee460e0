package e2e

import (
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"testing"
	"time"
)

// A weather is how a network behaves.
type weather string

const (
	fair   weather = "fair"
	slow   weather = "slow"   // a few bytes at a time
	frozen weather = "frozen" // nothing comes through, and no connection ends
	cut    weather = "cut"    // every connection ends at once
	torn   weather = "torn"   // every answer ends somewhere in its middle
)

var weathers = []weather{fair, fair, slow, frozen, cut, torn}

// A proxy carries connections to an address, through any weather.
type proxy struct {
	to     string
	listen net.Listener

	mu      sync.Mutex // guards what follows
	weather weather
	changed chan struct{} // closed with every change of the weather
	open    map[net.Conn]bool
	seen    map[weather]int // connections and pieces that went through each
}

// newProxy carries to an address until the test ends.
func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{
		to: to, listen: l, weather: fair, changed: make(chan struct{}), open: map[net.Conn]bool{},
		seen: map[weather]int{},
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { p.carry(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.becomes(cut)
		all.Wait()
	})
	return p
}

func (p *proxy) address() string { return p.listen.Addr().String() }

// becomes changes the weather.
func (p *proxy) becomes(w weather) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.weather = w
	close(p.changed)
	p.changed = make(chan struct{})
	if w == cut {
		for c := range p.open {
			c.Close()
		}
	}
}

// now is the weather, noted as one that something went through.
func (p *proxy) now() (weather, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen[p.weather]++
	return p.weather, p.changed
}

func (p *proxy) holds(c net.Conn, open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if open {
		p.open[c] = true
	} else {
		delete(p.open, c)
	}
}

func (p *proxy) carry(in net.Conn) {
	defer in.Close()
	if w, _ := p.now(); w == cut {
		return
	}
	out, err := net.Dial("tcp", p.to)
	if err != nil {
		return // the hub is dead
	}
	defer out.Close()
	for _, c := range []net.Conn{in, out} {
		p.holds(c, true)
		defer p.holds(c, false)
	}
	var both sync.WaitGroup
	both.Go(func() { p.pipe(out, in, false) })
	p.pipe(in, out, true)
	both.Wait()
}

// pipe carries one direction; either end of it ends both.
func (p *proxy) pipe(to, from net.Conn, answer bool) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 16<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && !p.pass(to, buffer[:n], answer) || err != nil {
			return
		}
	}
}

// pass carries a piece. False: the connection ends.
func (p *proxy) pass(to net.Conn, piece []byte, answer bool) bool {
	w, changed := p.now()
	for ; w == frozen; w, changed = p.now() {
		<-changed
	}
	switch {
	case w == cut:
		return false
	case w == torn && answer:
		_, _ = to.Write(piece[:rand.IntN(len(piece))]) // it ends anyway
		return false
	case w == slow:
		for part := range slices.Chunk(piece, 512) {
			if _, err := to.Write(part); err != nil {
				return false
			}
			<-time.After(2 * time.Millisecond)
		}
		return true
	}
	_, err := to.Write(piece)
	return err == nil
}
