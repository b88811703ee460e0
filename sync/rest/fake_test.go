package rest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"cubby/locker"
	"cubby/locker/door"
	"cubby/locker/health"
	"cubby/locker/view"
)

// core is a Station and a Reader in memory, as far as HTTP can tell.
type core struct {
	mu           sync.Mutex // guards what follows
	parcels      map[string]locker.Parcel
	recipients   map[string]*locker.Recipient
	compartments []locker.Compartment
	events       []string         // with the code to join in after a bar
	acked        []int64          // as a station would write it down
	through      map[string]int64 // what each client has acknowledged
	changed      chan struct{}
	keys         map[[32]byte]locker.Key
	couriers     []locker.Courier
	acts         []view.Action
	view         view.View
	viewers      []chan view.View
	actors       []string
	notReady     error
	accepted     bool   // the clock, which is a year ahead
	fault        func() // runs inside Announce
	keyLookups   int
	afterFeed    func() // runs once, behind the next read of the feed
}

// someMark is the mark of the only life of its log.
var someMark = [8]byte{1, 2, 3}

func newCore() *core {
	c := &core{
		parcels: map[string]locker.Parcel{}, recipients: map[string]*locker.Recipient{},
		changed: make(chan struct{}), keys: map[[32]byte]locker.Key{},
		view: view.View{Rev: 1, Station: "Test", Step: view.StepIdle, Language: "en"},
	}
	for i, size := range []string{"M", "S", "M", "L"} {
		c.compartments = append(c.compartments, locker.Compartment{
			Number: fmt.Sprint(i + 1), Size: size, Inner: locker.Box{Width: 400, Height: map[string]int{"S": 100, "M": 200, "L": 400}[size], Depth: 600},
			Bank: "A", Accessible: i < 2, Door: door.Closed, Lock: locker.LockIdle, Allocation: locker.Free, Contents: locker.ContentsEmpty,
		})
	}
	return c
}

// grant makes a key out of band and returns its token.
func (c *core) grant(name string, scopes ...string) string {
	token := "token-of-" + name + "-0123456789abcdef"
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys[sha256.Sum256([]byte(token))] = locker.Key{Name: name, Scopes: scopes}
	return token
}

// happen appends n events to the feed.
func (c *core) happen(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.happenLocked(n)
}

func (c *core) happenLocked(n int) {
	for range n {
		seq := len(c.events) + 1
		c.events = append(c.events, fmt.Sprintf(`{"specversion":"1.0","id":"e-%d","source":"/stations/test","type":"test.happened","subject":"station",`+
			`"time":"2026-03-01T10:00:00.000Z","datacontenttype":"application/json","sequence":"%020d","epoch":"epoch-1","actor":"test","cause":"test",`+
			`"data":{"n":%d,"code":"CLEAR%d"}}`, seq, seq, seq, seq))
	}
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *core) Announce(ctx context.Context, id string, a locker.Announcement, cond locker.Condition, actor string) (locker.Parcel, locker.Outcome, error) {
	if c.fault != nil {
		c.fault()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.actors = append(c.actors, actor)
	if len(a.Label) > 64 {
		return locker.Parcel{}, "", locker.Refuse(locker.Invalid, "label", "a label has at most 64 characters").At("/label")
	}
	if strings.ContainsFunc(a.Label, func(r rune) bool { return r <= ' ' || r > '~' }) || utf8.RuneCountInString(a.OrderID) > 64 || a.WeightG < 0 || a.WeightG > 200000 || a.PickupHours < 0 || a.PickupHours > 2160 {
		return locker.Parcel{}, "", locker.Refuse(locker.Invalid, "bounds", "out of bounds").At("/label")
	}
	if d := a.Dimensions; d != nil && (min(d.Length, d.Width, d.Height) < 1 || max(d.Length, d.Width, d.Height) > 5000) {
		return locker.Parcel{}, "", locker.Refuse(locker.Invalid, "dimensions", "1 to 5000 mm").At("/dimensions_mm")
	}
	if r := a.Recipient; r != nil && (utf8.RuneCountInString(r.Name) > 200 || utf8.RuneCountInString(r.Phone) > 100 || utf8.RuneCountInString(r.Email) > 254 || len(r.Language) > 35) {
		return locker.Parcel{}, "", locker.Refuse(locker.Invalid, "text", "too long").At("/recipient")
	}
	p, exists := c.parcels[id]
	if err := holds(cond, p, exists); err != nil {
		return p, "", err
	}
	if a.Label == "" {
		a.Label = id
	}
	for _, other := range c.parcels {
		if other.ID != id && other.Label == a.Label {
			return p, "", locker.Refuse(locker.Conflict, "label-in-use", "label %s belongs to parcel %s, which is %s", a.Label, other.ID, other.State).At("/label")
		}
	}
	next := locker.Parcel{ID: id, State: locker.Announced, Label: a.Label, OrderID: a.OrderID, Dimensions: a.Dimensions, KeepUpright: a.KeepUpright,
		WeightG: a.WeightG, Accessible: a.Accessible, PickupHours: a.PickupHours, AnnouncedAt: time.Unix(1772000000, 5).UTC(), Rev: p.Rev + 1}
	c.parcels[id], c.recipients[id] = next, a.Recipient
	c.happenLocked(1)
	if exists {
		return next, locker.Changed, nil
	}
	return next, locker.Created, nil
}

func holds(cond locker.Condition, p locker.Parcel, exists bool) error {
	if cond.IfNoneMatchAny && exists || cond.IfMatch != nil && (!exists || *cond.IfMatch != p.Rev) {
		return locker.Refuse(locker.Precondition, "changed-meanwhile", "no")
	}
	return nil
}

func (c *core) Cancel(ctx context.Context, id string, cond locker.Condition, actor string) (locker.Parcel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, exists := c.parcels[id]
	if !exists {
		return p, locker.Refuse(locker.NotFound, "another-slug", "this one tells too much")
	}
	if err := holds(cond, p, exists); err != nil {
		return p, err
	}
	if p.State == locker.Stored {
		return p, locker.Refuse(locker.Conflict, "inside-already", "take it out first")
	}
	if p.State != locker.Cancelled {
		p.State = locker.Cancelled
		p.Rev++
		c.parcels[id] = p
	}
	return p, nil
}

func (c *core) EraseRecipient(ctx context.Context, id string, cond locker.Condition, actor string) (locker.Parcel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, exists := c.parcels[id]
	if !exists {
		return p, locker.Refuse(locker.NotFound, "another-slug", "this one tells too much")
	}
	if err := holds(cond, p, exists); err != nil {
		return p, err
	}
	if c.recipients[id] != nil {
		delete(c.recipients, id)
		p.Rev++
		c.parcels[id] = p
	}
	return p, nil
}

func (c *core) Hold(ctx context.Context, id, reason string, cond locker.Condition, actor string) (locker.Parcel, error) {
	return c.setHold(id, &locker.Hold{Since: time.Unix(1772000000, 0).UTC(), Reason: reason}, cond, actor)
}

func (c *core) Release(ctx context.Context, id, reason string, cond locker.Condition, actor string) (locker.Parcel, error) {
	return c.setHold(id, nil, cond, actor)
}

func (c *core) setHold(id string, h *locker.Hold, cond locker.Condition, actor string) (locker.Parcel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.actors = append(c.actors, actor)
	p, exists := c.parcels[id]
	if !exists {
		return p, locker.Refuse(locker.NotFound, "another-slug", "this one tells too much")
	}
	if err := holds(cond, p, exists); err != nil {
		return p, err
	}
	if p.State == locker.Collecting {
		return p, locker.Refuse(locker.Conflict, "door-in-use", "the door is open")
	}
	if (p.OnHold == nil) != (h == nil) {
		p.OnHold = h
		p.Rev++
		c.parcels[id] = p
	}
	return p, nil
}

func (c *core) Restore(ctx context.Context, number, reason, actor string) (locker.Compartment, error) {
	return c.allocate(number, locker.Free, "", actor)
}

func (c *core) OutOfService(ctx context.Context, number, reason, actor string) (locker.Compartment, error) {
	return c.allocate(number, locker.OutOfService, reason, actor)
}

func (c *core) allocate(number string, a locker.Allocation, reason, actor string) (locker.Compartment, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.actors = append(c.actors, actor)
	for i := range c.compartments {
		if one := &c.compartments[i]; one.Number == number {
			one.Allocation, one.Reason = a, reason
			return *one, nil
		}
	}
	return locker.Compartment{}, locker.Refuse(locker.NotFound, "no-such-compartment", "there is no such door")
}

func (c *core) Compartments() []locker.Compartment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.compartments)
}

func (c *core) Devices() []health.Device {
	return []health.Device{
		{Name: "printer", Kind: health.Printer, State: "paper_out", Title: "The receipt printer has no paper", Severity: health.Warning,
			Since: time.Unix(1772000000, 0), ToDo: "Put a new roll in.", Detail: "the paper has run out"},
		{Name: "door 1", Kind: health.Door, State: "well", Title: "The door is well", Severity: health.OK},
	}
}

func (c *core) TestPage(printer string) (string, error) {
	if printer != "printer" {
		return "", locker.Refuse(locker.NotFound, "no-such-printer", "there is no such printer")
	}
	return "t-1", nil
}

func (c *core) PrintAgain(job string) error {
	if job != "t-1" {
		return locker.Refuse(locker.NotFound, "no-such-job", "there is no such job")
	}
	return nil
}

func (c *core) PrintJobs() []locker.PrintJob {
	return []locker.PrintJob{{Printer: "printer", ID: "t-1", Title: "test page", Since: time.Unix(1772000000, 0), Tries: 1, Waits: true}}
}

func (c *core) Act(ctx context.Context, a view.Action) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.Visit != c.view.Visit {
		return locker.Refuse(locker.Stale, "stale-page", "this page is no longer shown")
	}
	c.acts = append(c.acts, a)
	return nil
}

func (c *core) HasTerminal(name string) bool { return name == "" || name == "kiosk" || name == "desk" }

func (c *core) View(terminal string) view.View {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.view
	v.Terminal = terminal
	return v
}

func (c *core) Views(ctx context.Context, _ string) <-chan view.View {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan view.View, 10)
	ch <- c.view
	c.viewers = append(c.viewers, ch)
	context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.viewers = slices.DeleteFunc(c.viewers, func(one chan view.View) bool { return one == ch })
		close(ch)
	})
	return ch
}

func (c *core) show(v view.View) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.view = v
	for _, ch := range c.viewers {
		ch <- v
	}
}

func (c *core) AddKey(ctx context.Context, name string, scopes []string, readsOnly bool) (string, error) {
	c.mu.Lock()
	for _, k := range c.keys {
		if k.Name == name {
			c.mu.Unlock()
			return "", locker.Refuse(locker.Conflict, "key-exists", "a key of this name exists").At("/name")
		}
	}
	c.mu.Unlock()
	token := c.grant(name, scopes...)
	c.mu.Lock()
	defer c.mu.Unlock()
	hash := sha256.Sum256([]byte(token))
	k := c.keys[hash]
	k.ReadsOnly = readsOnly
	c.keys[hash] = k
	return token, nil
}

func (c *core) Keys(ctx context.Context) (list []locker.Key, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.keys {
		list = append(list, k)
	}
	return list, nil
}

func (c *core) RevokeKey(ctx context.Context, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for hash, k := range c.keys {
		if k.Name == name {
			k.Revoked = true
			c.keys[hash] = k
			return nil
		}
	}
	return locker.Refuse(locker.NotFound, "no-such-key", "there is no such key")
}

func (c *core) AddCourier(ctx context.Context, name, card string) (locker.CourierSecrets, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	one := locker.Courier{ID: fmt.Sprintf("c-%d", len(c.couriers)+1), Name: name}
	c.couriers = append(c.couriers, one)
	return locker.CourierSecrets{Courier: one, Badge: "BADGE", PIN: "20481632"}, nil
}

func (c *core) Couriers(ctx context.Context) ([]locker.Courier, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.couriers), nil
}

func (c *core) RemoveCourier(ctx context.Context, id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.couriers {
		if c.couriers[i].ID == id {
			c.couriers[i].Removed = true
			return nil
		}
	}
	return locker.Refuse(locker.NotFound, "no-such-courier", "there is no such courier")
}

func (c *core) Ready() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.notReady
}

func (c *core) Parcel(ctx context.Context, id string) (locker.Parcel, *locker.Recipient, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.parcels[id]
	if !ok {
		return p, nil, locker.Refuse(locker.NotFound, "one-more-slug", "there is no parcel %s", id)
	}
	return p, c.recipients[id], nil
}

func (c *core) Parcels(ctx context.Context, f locker.ParcelFilter) (page []locker.Parcel, next string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ids []string
	for id, p := range c.parcels {
		if id > f.After && (f.State == "" || p.State == f.State) && (f.OrderID == "" || p.OrderID == f.OrderID) && (f.Label == "" || p.Label == f.Label) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	if len(ids) > f.Limit {
		ids = ids[:f.Limit]
		next = ids[f.Limit-1]
	}
	for _, id := range ids {
		page = append(page, c.parcels[id])
	}
	return page, next, nil
}

func (c *core) Feed(ctx context.Context, after int64, limit int, withCodes bool) (locker.FeedPage, error) {
	c.mu.Lock()
	defer func() {
		then := c.afterFeed
		c.afterFeed = nil
		c.mu.Unlock()
		if then != nil {
			then()
		}
	}()
	rest := c.events[min(int(after), len(c.events)):]
	rest = rest[:min(limit, len(rest))]
	text := strings.Join(rest, ",")
	if !withCodes {
		text = strings.ReplaceAll(text, "CLEAR", "#")
	}
	return locker.FeedPage{Events: []byte(text), Count: len(rest), Last: after + int64(len(rest))}, nil
}

func (c *core) FeedHead() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return int64(len(c.events))
}

func (c *core) FeedChanged() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

func (c *core) Acknowledge(ctx context.Context, client string, through int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if through > c.through[client] {
		if c.through == nil {
			c.through = map[string]int64{}
		}
		c.through[client] = through
		c.acked = append(c.acked, through)
	}
	return nil
}

func (c *core) Mark(int64) [8]byte { return someMark }

func (c *core) KeyByHash(ctx context.Context, hash [32]byte) (locker.Key, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keyLookups++
	k, ok := c.keys[hash]
	return k, ok, nil
}

var errBroken = errors.New("secret-internal-detail")
