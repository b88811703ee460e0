package hardware

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"cubby/locker/door"
)

// Two adapters that were swapped look alike to the computer, and their lines
// would open each other's doors. What tells them apart is who answers: before
// anything on such a line is driven, its boards and those of its twins (lines
// with boards of the same dialect and speed) are asked for their contacts, which
// is harmless. A line on which the wrong boards answer is not commissioned: no
// lock on it is driven and its doors are unknown until the right ones answer.

const (
	rollCallAgain = 5 * time.Second  // how long after a roll call that failed
	doubtEvery    = 30 * time.Second // how often a board that falls silent may cause one
)

// A roster is who should answer on a line, and who on the lines it may be
// swapped with.
type roster struct {
	own    []int
	twins  []twin
	sure   *atomic.Bool  // those who answered cannot be on a twin; until its port is lost
	doubts *atomic.Int64 // counts up when a line of the site has reason to ask again; shared
}

// A twin is another line of the site.
type twin struct {
	name   string
	boards []int
	sure   *atomic.Bool // the twin's own
}

// rosters tells for each bus with which others it can be taken for.
func rosters(buses []Bus) []roster {
	doubts := new(atomic.Int64)
	all := make([]roster, len(buses))
	for i := range all {
		all[i].sure = new(atomic.Bool)
	}
	for i, b := range buses {
		all[i].own, all[i].doubts = addresses(b), doubts
		for j, other := range buses {
			if i != j && other.Dialect == b.Dialect && other.Baud == b.Baud {
				all[i].twins = append(all[i].twins, twin{other.Name, addresses(other), all[j].sure})
			}
		}
	}
	return all
}

func addresses(b Bus) (all []int) {
	for _, board := range b.Boards {
		all = append(all, board.Address)
	}
	slices.Sort(all)
	return all
}

// distinct reports whether a roll call can tell anything: some twin has other
// boards than this line.
func (l roster) distinct() bool {
	return slices.ContainsFunc(l.twins, func(t twin) bool { return !slices.Equal(t.boards, l.own) })
}

// asked are all addresses that a roll call asks.
func (l roster) asked() []int {
	all := slices.Clone(l.own)
	for _, t := range l.twins {
		all = append(all, t.boards...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// judge says what is wrong when these boards answer, empty when nothing is. A
// line that is nearer to a twin than to itself is taken for the twin.
func (l roster) judge(answered []int) string {
	for _, a := range answered {
		if !slices.Contains(l.own, a) {
			return fmt.Sprintf("boards %s answer here, where %s should: the adapters or their cables are swapped",
				numbers(answered), numbers(l.own))
		}
	}
	for _, t := range l.twins {
		if apart(answered, t.boards) < apart(answered, l.own) {
			return fmt.Sprintf("only boards %s answer here, as on line %s: the adapters or their cables are "+
				"swapped, or %s have no power",
				numbers(answered), t.name, numbers(missing(l.own, answered)))
		}
	}
	return ""
}

// mistakable returns the twin this line may as well be when these boards answer:
// none of them is one that the twin has not, they are as near to it, and the
// twin has not been found elsewhere. A nil twin: it is none.
func (l roster) mistakable(answered []int) *twin {
	for i, t := range l.twins {
		if !slices.Equal(t.boards, l.own) && len(missing(answered, t.boards)) == 0 &&
			apart(answered, l.own) >= apart(answered, t.boards) && !t.sure.Load() {
			return &l.twins[i]
		}
	}
	return nil
}

// apart counts the addresses that are in one list only.
func apart(a, b []int) int { return len(missing(a, b)) + len(missing(b, a)) }

func missing(a, b []int) (rest []int) {
	for _, x := range a {
		if !slices.Contains(b, x) {
			rest = append(rest, x)
		}
	}
	return rest
}

func numbers(all []int) string {
	var words []string
	for _, n := range all {
		words = append(words, strconv.Itoa(n))
	}
	return strings.Join(words, ", ")
}

// A roll is what the bus owner knows of who is on its line.
type roll struct {
	roster roster
	proved bool      // the right boards answered, and no doubt came since
	met    bool      // they did at some time since the port was opened
	at     int64     // the count of doubts when they did
	raised time.Time // when this line last raised one
}

// unproven reports whether the boards have to be asked who they are before
// anything else is done.
func (b *bus) unproven() bool {
	return b.roll.roster.distinct() && len(b.driven) == 0 &&
		(!b.roll.proved || b.roll.at != b.roll.roster.doubts.Load())
}

// doubt makes every line of the site ask again: a board has fallen silent,
// perhaps because its cable is in another adapter now.
func (b *bus) doubt(now time.Time) {
	if b.roll.roster.distinct() && now.Sub(b.roll.raised) >= doubtEvery {
		b.roll.raised = now
		b.roll.roster.doubts.Add(1)
	}
}

// prove calls the roll. When the wrong boards answer, or none, nothing is done
// on the line until the next call. An error says that the line has failed or
// the site is being closed.
func (b *bus) prove() error {
	b.roll.at = b.roll.roster.doubts.Load()
	answered, err := b.callRoll()
	if err != nil {
		return err
	}
	l := b.roll.roster
	wrong := l.judge(answered)
	twin := l.mistakable(answered)
	// Who was proved since the port was opened may lose a board and is still
	// itself; who has just been plugged in is not believed as easily.
	if wrong == "" && twin != nil && !b.roll.met {
		wrong = fmt.Sprintf("only boards %s answer here, and line %s has these too: which of the two this is shows "+
			"when %s answer",
			numbers(answered), twin.name, numbers(missing(l.own, answered)))
	}
	if len(answered) > 0 && wrong == "" {
		b.roll.proved, b.roll.met = true, true
		l.sure.Store(twin == nil)
		b.site.report(b.device, Working, b.openDetail())
		return nil
	}
	b.roll.proved = false
	l.sure.Store(false)
	now := time.Now()
	condition := NotCommissioned
	if len(answered) == 0 {
		condition, wrong = Silent, "no board answers; check the supply of the boards and the cable at "+b.cfg.Port
		if board := b.anyLate(now); board != nil {
			condition, wrong = Late, fmt.Sprintf("board %d %s", board.wire.Address,
				board.late.detail(b.cfg.ReplyTimeout))
		}
	}
	b.site.report(b.device, condition, wrong)
	for _, board := range b.boards {
		b.see(board.doors.forget(now))
		board.working, board.answered = false, time.Time{}
		b.site.report(board.device, condition, "see "+b.device)
	}
	return b.keepOff(now.Add(rollCallAgain))
}

func (b *bus) openDetail() string { return "port " + b.cfg.Port + " is open" }

// callRoll asks every board that might be here, twice if need be.
func (b *bus) callRoll() (answered []int, err error) {
	for _, address := range b.roll.roster.asked() {
		request, err := b.presence(address)
		if err != nil {
			return nil, err
		}
		for range 2 {
			b.stats.count(func(s *BusStats) { s.Polls++ })
			_, ok, err := b.ask(request)
			if err != nil {
				return nil, err
			}
			if ok {
				answered = append(answered, address)
				break
			}
		}
	}
	return answered, nil
}

// keepOff ends all orders undriven until the time has come.
func (b *bus) keepOff(until time.Time) error {
	for time.Now().Before(until) {
		b.endAll(door.Uncertain, door.Unanswered)
		if err := b.idle(until); err != nil {
			return err
		}
	}
	return nil
}
