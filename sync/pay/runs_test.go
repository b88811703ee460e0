package pay

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/shop/payment"
	"cubby/sync/pay/paysim"
)

// play is one random history: what the provider does wrong, when the customer pays, leaves
// or begins anew, and when the process is started again. In the end the provider is well,
// and a day has passed.
func play(t *testing.T, seed uint64, planted bool) (wrong string, w *world) {
	synctest.Test(t, func(t *testing.T) {
		dice := rand.New(rand.NewPCG(seed, 2))
		w = newWorld(t, 1+dice.Int64N(5000), seed)
		w.planted = planted
		faults := misbehave(dice)
		w.liar = slices.ContainsFunc(faults, func(f paysim.Fault) bool { return f.Kind == "open-still" })
		if err := w.sim.Misbehave(faults); err != nil {
			t.Fatal(err)
		}
		stop := w.start()
		for range 4 + dice.IntN(16) {
			switch dice.IntN(10) {
			case 0:
				stop()
				stop = w.start()
			case 1:
				w.leave(dice)
			case 2:
				w.mu.Lock()
				w.goods = dice.IntN(3) > 0
				w.mu.Unlock()
			case 3, 4, 5:
				w.customer(dice)
			default:
				w.mu.Lock()
				left := w.p.Left()
				w.mu.Unlock()
				if dice.IntN(4) == 0 && left > 1 {
					left = 1 + dice.Int64N(left)
				}
				w.begin([]payment.Tender{payment.Phone, payment.Terminal}[dice.IntN(2)], left)
			}
			time.Sleep(time.Duration(dice.IntN(60_000)) * time.Millisecond)
			if dice.IntN(6) == 0 {
				time.Sleep(life)
			}
			w.tick()
		}
		if err := w.sim.Misbehave(nil); err != nil {
			t.Fatal(err)
		}
		for hour := range 26 {
			for _, o := range w.sim.Payments() {
				w.sim.Finish(o.Reference, dice.IntN(2) == 0 && hour == 0)
			}
			time.Sleep(time.Hour)
			for range 4 {
				w.tick()
				w.hands()
				time.Sleep(time.Minute)
			}
		}
		wrong = w.wrong()
		stop()
	})
	return wrong, w
}

// customer pays what there is to be paid, or finds that there is not enough on the account.
func (w *world) customer(dice *rand.Rand) {
	if all := w.sim.Payments(); len(all) > 0 {
		_ = w.sim.Pay(all[dice.IntN(len(all))].Reference, dice.IntN(8) == 0) // it may be closed
	}
}

func (w *world) leave(dice *rand.Rand) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch n := len(w.p.Attempts); {
	case n == 0:
	case dice.IntN(4) == 0:
		w.p, _ = w.p.Drop(time.Now())
		w.worker.Set(w.p.Order, w.p.Errands())
	default:
		w.step(w.p.Attempts[n-1].ID, payment.Leave{})
	}
}

// Whatever the provider does wrong: nobody is charged twice, no money is lost, and goods
// are promised once.
func TestNoFaultOfAProviderChargesTwiceOrLosesMoney(t *testing.T) {
	runs := 1000
	if testing.Short() { // "make soak" plays all
		runs = 100
	}
	states, served, tasks := map[payment.State]int{}, 0, map[payment.Reason]int{}
	for seed := range uint64(runs) {
		wrong, w := play(t, seed, false)
		if wrong != "" {
			t.Fatalf("seed %d: %s\n%s", seed, wrong, w.story())
		}
		for _, a := range w.p.Attempts {
			states[a.State]++
		}
		for why, n := range w.tasks {
			tasks[why] += n
		}
		served += w.serves
	}
	if served < runs/5 || states[payment.RefundDone] == 0 {
		t.Errorf("these histories prove little: %d of %d served, states %v", served, runs, states)
	}
	t.Logf("%d histories: %d served, states %v, tasks %v", runs, served, states, tasks)
}

// A station that takes a time that is over for a payment that is closed is found out.
func TestAPlantedFaultIsFound(t *testing.T) {
	for seed := range uint64(100) {
		if wrong, _ := play(t, seed, true); wrong != "" {
			t.Logf("found with seed %d: %s", seed, wrong)
			return
		}
	}
	t.Error("a station that closes payments by its own clock was not found out")
}

func (w *world) story() (s string) {
	for _, a := range w.p.Attempts {
		s += fmt.Sprintf("%+v\n", a)
	}
	for _, o := range w.sim.Payments() {
		s += fmt.Sprintf("%+v\n", o)
	}
	return s + fmt.Sprintf("served %t dropped %t due %v tasks %v", w.p.Served, w.p.Dropped, w.p.Due, w.tasks)
}
