package station

import (
	"context"
)

// An acknowledgement says that a consumer has everything up to a sequence.
type acknowledgement struct {
	consumer string
	through  int64
}

// Acknowledge notes that a client of the feed has every clear code of the events up
// to and including seq. What all consumers have is erased. It writes nothing when no
// such code waits for this client, as for one that is no consumer.
func (s *Station) Acknowledge(ctx context.Context, client string, seq int64) error {
	if waits, err := s.cfg.Store.CodeWaits(ctx, client, seq); err != nil || !waits {
		return err
	}
	return s.acknowledge(ctx, client, seq)
}

// Remember is Acknowledge that is written also when no code waits: a start goes on there.
func (s *Station) Remember(ctx context.Context, client string, seq int64) error {
	return s.acknowledge(ctx, client, seq)
}

func (s *Station) acknowledge(ctx context.Context, client string, seq int64) error {
	r := &request{acknowledged: &acknowledgement{client, seq}, done: make(chan struct{})}
	if err := s.queue.add(r, false); err != nil {
		return err
	}
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return ctx.Err()
	}
}
