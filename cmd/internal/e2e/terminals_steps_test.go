package e2e

import (
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// The steps of a deposit at a desk and of a pickup at the kiosk that the story of the
// two does not come by: in each of them the core and both screens are killed.
func TestEveryStepAtTwoTerminalsOutlivesWhatServesIt(t *testing.T) {
	t.Parallel()
	s := newStation(t, withDesk)
	e := s.store("p-1")
	mine := e.Data.Compartment
	s.announce("p-2")
	other := s.at("desk")
	kiosk := s.openWindow("steps-kiosk")
	desk := other.openWindowOn(newDisplay(t, 1280, 800), "steps-desk")
	kiosk.page(view.StepIdle)
	desk.page(view.StepIdle)
	die(kiosk, desk)

	desk.press(view.ActStartCourier, "")
	desk.page(view.StepCourierEnter)
	kiosk.press(view.ActStartPickup, "")
	kiosk.page(view.StepPickupEnter)
	die(kiosk, desk)
	other.scan("B:ABCDEFGHIJKLMNOPQRSTUVWXY2")
	desk.page(view.StepCourierRefused)
	s.scan("ABCDEFGHIJKLMNOPQRSTUVWXY2")
	kiosk.page(view.StepPickupRefused)
	die(kiosk, desk)
	kiosk.press(view.ActBack, "")
	kiosk.page(view.StepIdle)
	other.scan(s.courier.badge)
	desk.page(view.StepCourierReady)
	s.unlocked(mine)

	// The door of the deposit sticks and opens while no core runs.
	const left = "8" // the next of the smallest
	s.fault("stuck", left, "on")
	other.scan("P-2")
	opening := other.step(view.StepCourierOpening)
	if opening.Door() != left {
		t.Fatalf("door %s is offered, want %s", opening.Door(), left)
	}
	desk.comesBack(view.StepCourierOpening)
	kiosk.comesBack(view.StepIdle)
	idle, _ := s.now()
	open := opening
	open.Step = view.StepCourierOpen
	dieAs(kiosk, desk, func() { s.helped(left) }, idle, open)
	s.unlocked(mine, left)

	desk.press(view.ActTooBig, "")
	desk.page(view.StepCourierRetake)
	kiosk.press(view.ActStartPickup, "")
	kiosk.page(view.StepPickupEnter)
	die(kiosk, desk)
	other.sim("door", left, "close")
	door := other.until("another door opens", func(v view.View) bool {
		return v.Step == view.StepCourierOpen && v.Door() != left
	}).Door()
	other.put(door)
	other.deposited(door)

	// So does that of the pickup. The courier's page is back, too, but without the code:
	// that is in the memory of the core that made it, and nowhere else.
	desk.press(view.ActReceipt, "")
	desk.page(view.StepCourierReceipt)
	s.fault("stuck", mine, "on")
	kiosk.enter(e.Data.PIN)
	taking := s.step(view.StepPickupOpening)
	kiosk.comesBack(view.StepPickupOpening)
	desk.comesBack(view.StepCourierReceipt)
	receipt, _ := other.now()
	if receipt.OfCourier().Code == "" || receipt.OfCourier().PIN == "" {
		t.Errorf("the receipt has no code: %s", describe(receipt))
	}
	taking.Step = view.StepPickupOpen
	dieAs(kiosk, desk, func() { s.helped(mine) }, taking, receipt)
	if v, _ := other.now(); v.OfCourier().Code != "" || v.OfCourier().PIN != "" {
		t.Error("a code has outlived the core that kept it in its memory")
	}
	s.unlocked(mine, left, door, mine)

	s.sim("door", mine, "close") // with the parcel inside
	kiosk.page(view.StepPickupCheck)
	desk.press(view.ActBack, "")
	desk.page(view.StepCourierReady)
	desk.press(view.ActFinish, "")
	desk.page(view.StepCourierDone)
	die(kiosk, desk)
	kiosk.press(view.ActOpenAgain, "")
	kiosk.page(view.StepPickupOpen)
	die(kiosk, desk)
	s.take(mine)
	kiosk.page(view.StepPickupDone)
	die(kiosk, desk)
	s.isParcel("p-1", parcel.Collected, "")
	s.isParcel("p-2", parcel.Stored, door)
	s.unlocked(mine, left, door, mine, mine)
	kiosk.close()
	desk.close()
	s.sound()
}
