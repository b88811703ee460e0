package hardware

import "sync"

// An inbox takes things from any goroutine without ever blocking it and hands
// them to one owner.
type inbox[T any] struct {
	wake chan struct{} // holds one token while something is inside

	mu    sync.Mutex // guards what follows
	items []T
}

func newInbox[T any]() *inbox[T] { return &inbox[T]{wake: make(chan struct{}, 1)} }

func (b *inbox[T]) put(item T) {
	b.mu.Lock()
	b.items = append(b.items, item)
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// filled reports whether something is inside.
func (b *inbox[T]) filled() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.items) > 0
}

// take empties the inbox, oldest first.
func (b *inbox[T]) take() []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	items := b.items
	b.items = nil
	return items
}
