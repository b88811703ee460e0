package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// shutdownPatience is how long requests under way may take to finish.
const shutdownPatience = 5 * time.Second

// ServeTCP answers on the listener until ctx ends or Close is called, then
// lets requests under way finish and closes the listener. Wrap the listener
// with crypto/tls to serve HTTPS. It returns nil after an orderly end.
func (s *Server) ServeTCP(ctx context.Context, l net.Listener) error {
	noted, done := make(chan struct{}), make(chan struct{})
	go func() { s.noteUses(done); close(noted) }()
	defer func() { close(done); <-noted }()
	return s.serve(ctx, newLobby(l, s.MaxConnections, s.metrics.madeRoom.Inc), s.tcp)
}

// besideTLS tells handlers whether a request came by TLS, which the lobby hides from
// net/http.
func besideTLS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g, ok := r.Context().Value(guestKey{}).(*guest); ok && r.TLS == nil {
			if c, ok := g.Conn.(*tls.Conn); ok {
				state := c.ConnectionState()
				r.TLS = &state
			}
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) serve(ctx context.Context, l net.Listener, u *surface) error {
	h := &http.Server{
		Handler:           besideTLS(u.router),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second, // streams set their own, message by message
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	welcome(h)
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(l) }()
	select {
	case err := <-ended:
		h.Close()
		return err
	case <-ctx.Done():
	case <-s.stop:
	}
	s.Close()
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownPatience)
	defer cancel()
	err := h.Shutdown(wait)
	if errors.Is(err, context.DeadlineExceeded) {
		err = h.Close()
	}
	if end := <-ended; err == nil && !errors.Is(end, http.ErrServerClosed) {
		err = end
	}
	return err
}
