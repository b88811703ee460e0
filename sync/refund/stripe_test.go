package refund

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func anOrder() Order {
	return Order{
		ID: "rf-7Q2M", Case: "R-7K4M-2QX9", OrderID: "A-1001", Tender: "t1", Kind: "card",
		Reference: "pi_3MtwBwLkdIwHu7ix28a3tqPa", Amount: 4990, Currency: "EUR", Attempt: 1, Ordered: time.Now(),
	}
}

// always misbehaves in one way with orders, or with all requests.
func always(fault string, method string) func(*http.Request) string {
	return func(r *http.Request) string {
		if method == "" || r.Method == method {
			return fault
		}
		return ""
	}
}

func TestARefundIsPaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bank{}
		s := b.open(t)
		o := anOrder()
		first, second := s.Refund(t.Context(), o), s.Refund(t.Context(), o)
		if first.State != Completed || first.Amount != 4990 || first.Reference == "" || first != second {
			t.Errorf("got %+v, then %+v", first, second)
		}
		if times, sum := b.paid(o.ID); times != 1 || sum != 4990 || b.orders != 1 {
			t.Errorf("paid %d times, %d in all, asked %d times", times, sum, b.orders)
		}
	})
}

// What one answer says, and what was paid then.
func TestWhatAProviderAnswersIsUnderstoodOrUnknown(t *testing.T) {
	for _, c := range []struct {
		fault, method string
		state         State
		trouble       Trouble
		paid          int
		says          string
	}{
		{"silent", "POST", Unknown, Unreachable, 1, "no answer within 20s"},
		{"before silent", "POST", Unknown, Unreachable, 0, "no answer within 20s"},
		{"silent", "GET", Unknown, Unreachable, 0, "no answer within 20s"},
		{"slow", "", Completed, None, 1, ""},
		{"500", "POST", Unknown, Unreachable, 1, "500"},
		{"before 500", "", Unknown, Unreachable, 0, "500"},
		{"before 429", "POST", Unknown, None, 0, "429"},
		{"before 503 long", "POST", Unknown, Unreachable, 0, "503"},
		{"409", "POST", Unknown, None, 1, "409"},
		{"key reused", "POST", Unknown, Unreachable, 1, "400"},
		{"html", "POST", Unknown, None, 1, "not a refund"},
		{"html", "GET", Unknown, None, 0, "not JSON"},
		{"404 html", "POST", Unknown, Unreachable, 1, "404"},
		{"before 404 html", "", Unknown, Unreachable, 0, "404"},
		{"redirect", "POST", Unknown, Unreachable, 1, "307"},
		{"huge", "POST", Unknown, None, 1, "longer than any answer"},
		{"middle", "POST", Unknown, Unreachable, 1, "unexpected EOF"},
		{"gone", "POST", Unknown, Unreachable, 1, "EOF"},
		{"wrong amount", "POST", Failed, None, 1, "5090 where 4990 was ordered"},
		{"wrong currency", "POST", Failed, None, 1, `"usd" where EUR was ordered`},
	} {
		t.Run(c.fault+" "+c.method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &bank{fault: always(c.fault, c.method)}
				s := b.open(t)
				o := anOrder()
				a := s.Refund(t.Context(), o)
				if a.State != c.state || a.Trouble != c.trouble || !strings.Contains(a.Detail, c.says) {
					t.Errorf("got %+v", a)
				}
				if times, _ := b.paid(o.ID); times != c.paid {
					t.Errorf("paid %d times, want %d", times, c.paid)
				}
				if strings.Contains(a.Detail, testKey) || strings.Contains(a.Detail, o.Reference) {
					t.Errorf("the answer tells a secret: %s", a.Detail)
				}
			})
		})
	}
}

func TestARefusalIsFinalAndSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bank{}
		s := b.open(t)
		o := anOrder()
		o.Reference = "pi_refunded_already"
		a := s.Refund(t.Context(), o)
		if a.State != Rejected || !strings.Contains(a.Detail, "charge_already_refunded") ||
			strings.Contains(a.Detail, o.Reference) || !strings.Contains(a.Detail, "...eady") {
			t.Errorf("got %+v", a)
		}
	})
}

func TestAKeyThatIsNotTakenLeavesTheRefundOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bank{}
		s := b.open(t)
		write := func(text string, mode os.FileMode) {
			os.Remove(s.cfg.KeyFile)
			if err := os.WriteFile(s.cfg.KeyFile, []byte(text), mode); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			text string
			mode os.FileMode
			says string
		}{
			{"sk_test_other", 0o600, "does not take the key"}, {testKey, 0o644, "chmod 600"},
			{"", 0o600, "not one line"}, {"two\nlines", 0o600, "not one line"},
			{strings.Repeat("k", 600), 0o600, "not one line"},
		} {
			write(c.text, c.mode)
			a := s.Refund(t.Context(), anOrder())
			if a.State != Unknown || a.Trouble != KeyRefused || !strings.Contains(a.Detail, c.says) ||
				c.text != "" && strings.Contains(a.Detail, c.text) {
				t.Errorf("%q: got %+v", c.says, a)
			}
		}
		write(testKey, 0o600) // needs no restart
		if a := s.Refund(t.Context(), anOrder()); a.State != Completed {
			t.Errorf("got %+v", a)
		}
	})
}

func TestAPendingRefundIsAskedForByItsName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bank{slow: time.Hour}
		s := b.open(t)
		o := anOrder()
		a := s.Refund(t.Context(), o)
		if a.State != Approved || a.Reference == "" {
			t.Fatalf("got %+v", a)
		}
		o.Given = a.Reference
		if a = s.Refund(t.Context(), o); a.State != Approved {
			t.Errorf("got %+v", a)
		}
		time.Sleep(2 * time.Hour)
		if a = s.Refund(t.Context(), o); a.State != Completed || b.orders != 1 {
			t.Errorf("got %+v after %d orders", a, b.orders)
		}
		o.Given = "re_other"
		if a = s.Refund(t.Context(), o); a.State != Unknown {
			t.Errorf("a refund that is not there: got %+v", a)
		}
	})
}

// A provider forgets its keys after a day, and an order may be older.
func TestAnOldOrderIsFoundAmongTheRefundsOfItsPayment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bank{fault: always("silent", "POST")}
		s := b.open(t)
		o := anOrder()
		if a := s.Refund(t.Context(), o); a.State != Unknown {
			t.Fatalf("got %+v", a)
		}
		b.misbehave(nil)
		for n := range 4 { // further refunds of the same payment
			other := anOrder()
			other.ID = fmt.Sprintf("rf-other-%d", n)
			s.Refund(t.Context(), other)
		}
		time.Sleep(48 * time.Hour)
		b.misbehave(always("404 html", "GET"))
		if a := s.Refund(t.Context(), o); a.State != Unknown {
			t.Errorf("while nobody can say: got %+v", a)
		}
		b.misbehave(nil)
		if a := s.Refund(t.Context(), o); a.State != Completed {
			t.Errorf("got %+v", a)
		}
		if times, _ := b.paid(o.ID); times != 1 {
			t.Errorf("paid %d times", times)
		}
	})
}

func TestAnOrderThatCannotBePassedOnIsRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bank{}
		s := b.open(t)
		for _, change := range []func(*Order){
			func(o *Order) { o.Amount = 0 }, func(o *Order) { o.Amount = -1 }, func(o *Order) { o.Reference = "" },
			func(o *Order) { o.Reference = "pi_1&amount=9" }, func(o *Order) { o.Given = "../balance" },
			func(o *Order) { o.Amount, o.Currency = 1005, "KWD" }, func(o *Order) { o.ID = "" },
		} {
			o := anOrder()
			change(&o)
			if a := s.Refund(t.Context(), o); a.State != Rejected || a.Detail == "" {
				t.Errorf("%+v: got %+v", o, a)
			}
		}
		if b.asked != 0 {
			t.Errorf("the provider was asked %d times", b.asked)
		}
	})
}

func TestAmountsAreToldAsTheProviderCounts(t *testing.T) {
	for _, c := range []struct {
		ours     int64
		currency string
		theirs   int64
	}{{4990, "EUR", 4990}, {500, "JPY", 500}, {1000, "KWD", 1000}, {500, "ISK", 50000}, {1200, "MGA", 12}} {
		got, why := stripeAmount(c.ours, c.currency)
		if got != c.theirs || why != "" || ourAmount(got, c.currency) != c.ours {
			t.Errorf("%d %s: got %d %s", c.ours, c.currency, got, why)
		}
	}
}

func TestTheKeyCrossesNoNetworkInTheClear(t *testing.T) {
	for address, good := range map[string]bool{
		"https://api.stripe.com": true, "http://127.0.0.1:12111": true, "http://[::1]:1": true,
		"http://localhost:12111/x": true,
		"http://api.stripe.com":    false, "http://192.168.0.7": false, "ftp://127.0.0.1": false, "": false,
		"https://user:secret@api.stripe.com": false, "https://a/?b=c": false, "https://": false,
		"http://127.0.0.1.evil.example": false, "http://localhost.evil.example": false,
	} {
		if err := CheckURL(address); (err == nil) != good {
			t.Errorf("%s: got %v", address, err)
		}
	}
}

func TestTheScheduleOfAttempts(t *testing.T) {
	for attempt, want := range []int{2, 2, 4, 8, 16, 32, 60, 600, 600} {
		if got := Wait(attempt); got != time.Duration(want)*time.Second {
			t.Errorf("after attempt %d it waits %s, want %d s", attempt, got, want)
		}
	}
}

// TestNoRefundIsPaidTwiceAndNoneIsLost asks a provider that misbehaves at random, by the
// schedule, with a core that now and then dies before it has heard the answer.
func TestNoRefundIsPaidTwiceAndNoneIsLost(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	runs := 1000
	if testing.Short() {
		runs = 100
	}
	honest := []string{
		"", "silent", "before silent", "slow", "500", "before 500", "429", "before 503 long", "409", "key reused",
		"html", "404 html", "before 404 html", "redirect", "huge", "middle", "gone", "before gone",
	}
	liars := append([]string{"wrong amount", "wrong currency"}, honest...)
	ends := map[State]int{}
	for run := range runs {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, uint64(run)))
			theirs := rand.New(rand.NewPCG(seed+1, uint64(run))) // under the bank's lock
			faults, lies := honest, run%4 == 0
			if lies {
				faults = liars
			}
			share := 0.3 + 0.69*random.Float64()
			b := &bank{fault: func(*http.Request) string {
				if theirs.Float64() > share {
					return ""
				}
				return faults[theirs.IntN(len(faults))]
			}}
			if random.IntN(3) == 0 {
				b.slow = time.Duration(random.Int64N(int64(30 * time.Hour)))
			}
			s := b.open(t)
			o := anOrder()
			state := Unknown
			until := o.Ordered.Add(GiveUp)
			// Long enough before the end for the longest pause of the machine and of the provider.
			calm := until.Add(-37*time.Hour - time.Duration(random.Int64N(int64(24*time.Hour))))
			for o.Attempt = 1; time.Now().Before(until); o.Attempt++ {
				if time.Now().After(calm) {
					b.misbehave(nil) // the provider has been mended
				}
				a := s.Refund(t.Context(), o)
				if random.IntN(4) > 0 { // or the core has died
					if state = a.State; state.Final() {
						break
					}
					if a.State == Approved {
						o.Given = a.Reference
					}
				}
				if o.Attempt > 20 {
					time.Sleep(time.Duration(1+random.IntN(36)) * laterWait) // the machine was off
				}
				time.Sleep(max(Wait(o.Attempt), a.After))
			}
			ends[state]++
			times, sum := b.paid(o.ID)
			switch {
			case times > 1 || len(b.keysSeen) > 1:
				t.Errorf("run %d: paid %d times, with keys %v", run, times, b.keysSeen)
			case state == Completed && (times != 1 || sum != o.Amount):
				t.Errorf("run %d: completed, and %d were paid", run, sum)
			case state == Failed && !lies, state == Rejected:
				t.Errorf("run %d: %s without a reason", run, state)
			case state != Completed && state != Failed:
				t.Errorf("run %d: lost as %s", run, state)
			}
		})
	}
	if ends[Completed] < runs/2 || ends[Failed] == 0 {
		t.Errorf("the runs show nothing: %v", ends)
	}
}
