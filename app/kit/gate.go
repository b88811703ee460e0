package kit

import "time"

// Settle is how long a page takes no touch after it has appeared: a finger that
// was on its way to the page before does nothing on this one.
const Settle = 600 * time.Millisecond

// unpainted is how long a page may wait to be painted. A window that never
// paints it is hidden, or its driver tells nobody; touches count then.
const unpainted = 2 * time.Second

// A Gate keeps fingers off what has just appeared, counted from when it was
// painted: on a slow machine that may be long after it was handed to the
// toolkit. It belongs to the goroutine that draws. A nil Gate is open.
type Gate struct {
	handed   time.Time // to the toolkit
	seen     time.Time // painted; zero: not yet
	painting bool      // its picture is being made; seen follows
	held     bool      // by somebody who will free it
	life     int       // how often it was shut
}

// NewGate is closed until Seen has been called and Settle has passed.
func NewGate() *Gate {
	g := &Gate{}
	g.Shut()
	return g
}

// Shut closes the gate anew.
func (g *Gate) Shut() { *g = Gate{handed: time.Now(), life: g.life + 1} }

// Life tells one time of being shut from another.
func (g *Gate) Life() int { return g.life }

// Hold keeps the gate shut, however much time passes, until Free is called.
func (g *Gate) Hold() { g.held = true }

// Free ends Hold.
func (g *Gate) Free() { g.held = false }

// Painting says that the toolkit makes the picture now; Seen must follow.
func (g *Gate) Painting() { g.painting = true }

// Seen says that the picture has been shown. Only the first time counts.
func (g *Gate) Seen() {
	if g.seen.IsZero() {
		g.seen, g.painting = time.Now(), false
	}
}

// Open reports whether fingers count.
func (g *Gate) Open() bool {
	switch {
	case g == nil:
		return true
	case g.painting, g.held:
		return false
	case g.seen.IsZero():
		return time.Since(g.handed) >= unpainted
	}
	return time.Since(g.seen) >= Settle
}
