package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
)

// A bank is a payment provider that speaks as Stripe does. It can pay and say nothing.
type bank struct {
	mu      sync.Mutex // guards what follows
	refunds []map[string]any
	keys    map[string]int // index of its refund, by idempotency key
	silent  string         // to this method it does what is asked, and does not answer
	asked   chan struct{}  // told while it is silent
}

func (b *bank) open(t *testing.T) (configuration string) {
	t.Helper()
	b.keys, b.asked = map[string]int{}, make(chan struct{}, 100)
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	key := filepath.Join(t.TempDir(), "bank.key")
	if err := os.WriteFile(key, []byte("sk_test_1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(
		"[[refund_provider]]\nname = \"bank\"\nurl = %q\nkey_file = %q\ntimeout_s = 120\n\n",
		server.URL,
		key,
	)
}

func (b *bank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.ParseForm()
	b.mu.Lock()
	silent := b.silent == r.Method
	answer := b.do(r)
	b.mu.Unlock()
	if silent {
		b.asked <- struct{}{}
		<-r.Context().Done()
		return
	}
	json.NewEncoder(w).Encode(answer)
}

func (b *bank) do(r *http.Request) any {
	if r.Method == http.MethodGet {
		return map[string]any{"object": "list", "data": slices.Clone(b.refunds), "has_more": false}
	}
	key := r.Header.Get("Idempotency-Key")
	if i, known := b.keys[key]; known {
		return b.refunds[i]
	}
	b.keys[key] = len(b.refunds)
	b.refunds = append(b.refunds, map[string]any{
		"object": "refund", "id": fmt.Sprintf("re_%d", len(b.refunds)), "status": "succeeded",
		"amount": json.Number(r.PostForm.Get("amount")), "currency": r.PostForm.Get("currency"),
		"payment_intent": r.PostForm.Get("payment_intent"),
		"metadata":       map[string]string{"refund": r.PostForm.Get("metadata[refund]")},
	})
	return b.refunds[len(b.refunds)-1]
}

func (b *bank) keepSilent(method string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.silent = method
}

// isAsked waits until it is asked something that it does not answer.
func (b *bank) isAsked(t *testing.T) {
	t.Helper()
	select {
	case <-b.asked:
	case <-time.After(patience):
		t.Fatal("the bank is not asked")
	}
}

// paid is what it has paid in all, in how many refunds.
func (b *bank) paid() (times int, sum string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.refunds {
		sum += fmt.Sprint(r["amount"]) + " "
	}
	return len(b.refunds), sum
}

// The core is killed at every step of a return: at each page at the kiosk, while a door is
// driven and while it is open, behind each decision of the staff, while the bank has paid
// and not answered, and before and after the centre has. No refund is paid twice, none is
// lost, the item is in one place, and the page comes back.
func TestAReturnSurvivesTheDeathOfTheCoreAtEachStep(t *testing.T) {
	t.Parallel()
	b := new(bank)
	s := newStation(t, change{"[returns]\n", b.open(t) + "[returns]\nsole_site = true\n"})
	s.token = strings.TrimSpace(
		s.made("returns", "key", "add", "parcels:read,parcels:write,events:read,codes:read,"+
			"compartments:read,operate,orders:read,orders:write,returns:read,returns:write,"+
			"returns:decide,refunds:write,stock:read,staff:act"),
	)
	kim := s.hire("Kim", people.Manager)
	s.bought("O-1", "demo")
	deaths := 0
	dies := func() {
		t.Helper()
		before := s.told()
		s.crash()
		s.restart(before)
		deaths++
	}
	comesBack := func(step view.Step) view.View {
		t.Helper()
		v := s.step(step)
		dies()
		if again := s.step(step); again.Visit != v.Visit {
			t.Errorf("on %s another visit is there after the restart", step)
		}
		return v
	}

	s.touch(view.ActStartReturn, "")
	comesBack(view.StepReturnEnter)
	s.scan("RC-O-1")
	comesBack(view.StepReturnLines)
	s.touch(view.ActPick, "A")
	comesBack(view.StepReturnReason)
	s.touch(view.ActPick, "changed_mind")
	comesBack(view.StepReturnOffer)

	// The door sticks: the core dies between the pulse and the opening.
	free := s.boxes()
	for number, box := range free {
		if box.Allocation == "free" {
			s.fault("stuck", number, "on")
		}
	}
	s.nextUnlock(0, func() { s.touch(view.ActPick, "original") })
	door := s.step(view.StepReturnOpening).Door()
	before := s.told()
	s.crash()
	for number, box := range free {
		if box.Allocation == "free" && number != door {
			s.fault("stuck", number, "off")
		}
	}
	s.helped(door)
	s.restart(before)
	deaths++
	comesBack(view.StepReturnOpen)
	s.put(door)
	v := comesBack(view.StepReturnDone)
	id, bag := v.OfReturn().Case, v.OfReturn().Bags[0].Code
	s.isParcel(bag, parcel.Stored, door)
	s.touch(view.ActFinish, "")
	comesBack(view.StepIdle)
	s.isParcel(bag, parcel.Stored, door)

	does := func(path, body string) {
		t.Helper()
		if status, answer, _ := s.call("POST", path, body); status >= 300 {
			t.Fatalf("%s: %d %s", path, status, answer)
		}
	}
	if status, answer := s.by(kim, "POST", "/v1/parcels/"+bag+"/counter",
		`{"reason":"round"}`); status >= 300 {
		t.Fatalf("to the counter: %d %s", status, answer)
	}
	dies()
	if p := s.parcel(bag); p.Compartment != "" {
		t.Errorf("the bag is at the counter and behind door %s", p.Compartment)
	}
	does("/v1/returns/"+id+"/items/1/grade", `{"result":"like_new"}`)
	dies()

	// The bank pays, and the core dies before it has heard of it; then once more while it asks
	// what has become of the refund.
	b.keepSilent(http.MethodPost)
	does("/v1/returns/"+id+"/items/1/decide", `{"decision":"refund_original"}`)
	b.isAsked(t)
	b.keepSilent(http.MethodGet)
	dies()
	b.isAsked(t)
	b.keepSilent("")
	dies()
	card := s.hears("the bank has paid", func(e event) bool { return e.Type == "refund.completed" })
	if card.Data.Amount != 3600 {
		t.Errorf("the card gets %d, want 3600", card.Data.Amount)
	}
	dies()
	gift := s.hears("the gift card's refund", func(e event) bool {
		return e.Type == "refund.ordered" && e.Data.Amount == 1800
	})
	does("/v1/refunds/"+gift.Data.Refund, `{"state":"completed","reference":"gc","amount":1800}`)
	dies()
	does("/v1/refunds/"+gift.Data.Refund, `{"state":"completed","reference":"gc","amount":1800}`)

	if c := s.case_(id); c.State != "closed" || c.Items[0].Money != "completed" {
		t.Errorf("the case is %+v", c)
	}
	if times, sum := b.paid(); times != 1 || sum != "3600 " {
		t.Errorf("the bank has paid %d times: %s", times, sum)
	}
	count := map[string]int{}
	for _, e := range s.told() {
		count[e.Type]++
	}
	for what, want := range map[string]int{
		"return.requested": 1, "return.dropped_off": 1, "return.item_graded": 1, "return.decided": 1,
		"return.ended":   1,
		"refund.ordered": 2, "refund.completed": 2, "refund.failed": 0, "stock.moved": 1,
	} {
		if count[what] != want {
			t.Errorf("%s was told %d times, want %d", what, count[what], want)
		}
	}
	if deaths < 14 {
		t.Errorf("the core died %d times only", deaths)
	}
	s.unlocked(door)
	s.sound()
}
