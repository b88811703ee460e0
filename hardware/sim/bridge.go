package sim

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// bridgePrefix begins the link of a line that is reached over a network.
const bridgePrefix = "tcp://"

// bridge is a converter from TCP to a serial line, as KR-BU and ZNE-100TL are:
// it passes bytes and knows nothing of what they mean. It serves one connection;
// a newer one takes the place of the older.
type bridge struct {
	listener net.Listener

	mu     sync.Mutex // guards what follows
	conn   net.Conn
	newer  chan struct{} // closed and replaced when conn changes
	closed bool
	wg     sync.WaitGroup
}

func openBridge(address string) (*bridge, error) {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("tcp://%s: a simulated bridge listens on this machine only: give an address such as "+
			"tcp://127.0.0.1:5000, or port 0 for a free one", address)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("open the bridge: %w", err)
	}
	b := &bridge{listener: listener, newer: make(chan struct{})}
	b.wg.Go(b.accept)
	return b, nil
}

func (b *bridge) accept() {
	for {
		conn, err := b.listener.Accept()
		if err != nil {
			return // closed
		}
		b.mu.Lock()
		if b.closed {
			b.mu.Unlock()
			conn.Close()
			return
		}
		b.take(conn)
		b.mu.Unlock()
	}
}

// take makes conn the one that is served; nil takes the present one away.
func (b *bridge) take(conn net.Conn) {
	if b.conn != nil {
		b.conn.Close()
	}
	b.conn = conn
	close(b.newer)
	b.newer = make(chan struct{})
}

// Read waits for bytes from whoever is connected; it ends when the bridge is
// closed.
func (b *bridge) Read(p []byte) (int, error) {
	for {
		b.mu.Lock()
		conn, newer, closed := b.conn, b.newer, b.closed
		b.mu.Unlock()
		if closed {
			return 0, io.EOF
		}
		if conn == nil {
			<-newer
			continue
		}
		n, err := conn.Read(p)
		if n > 0 {
			return n, nil
		}
		if err != nil {
			b.mu.Lock()
			if b.conn == conn {
				b.take(nil)
			}
			b.mu.Unlock()
		}
	}
}

// Write loses what nobody is there to receive.
func (b *bridge) Write(p []byte) (int, error) {
	b.mu.Lock()
	conn, closed := b.conn, b.closed
	b.mu.Unlock()
	if closed {
		return 0, net.ErrClosed
	}
	if conn != nil {
		_, _ = conn.Write(p) // a broken connection is the reader's to notice
	}
	return len(p), nil
}

func (b *bridge) name() string { return bridgePrefix + b.listener.Addr().String() }

func (b *bridge) close() error {
	err := b.listener.Close()
	b.mu.Lock()
	b.closed = true
	b.take(nil)
	b.mu.Unlock()
	b.wg.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
