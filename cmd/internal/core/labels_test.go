package core

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/cmd/internal/config"
	"cubby/hardware/sim"
	"cubby/hardware/sim/simtest"
	"cubby/locker/door"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/wall"
	"cubby/sync/client"
	"cubby/sync/problem"
)

// walled is a small station whose wall and reader work.
func walled(t *testing.T) (*config.Config, *sim.Site) {
	t.Helper()
	cfg := small(t, "\n[scanner]\nport = \"run/scanner\"\n")
	plan := sim.Plan{Station: "small", Seed: 1, Wall: simtest.Wall("1", "2"), Scanner: sim.Scanner{
		Link: cfg.Scanner.Port, Baud: 9600, Suffix: "cr",
	},
		Buses: []sim.Bus{{Name: "main", Dialect: "kerong-cu16", Link: cfg.Buses[0].Port, Baud: 19200,
			Boards: []sim.Board{{Locks: map[int]string{1: "1", 2: "2"}}}}}}
	return cfg, simtest.Open(t, plan)
}

func TestALabelInAnotherSpellingIsRefusedAndOpensForItsOneParcel(t *testing.T) {
	t.Parallel()
	const announced, other = "340123450000000017", "(00)340123450000000017"
	for name, scanned := range map[string]string{
		"as announced": announced, "as it was refused": other,
		"as on a GS1-128 with more": "]C10034012345000000001742110002",
	} {
		t.Run(name, func(t *testing.T) {
			cfg, site := walled(t)
			ctx, c := t.Context(), served(t, cfg)
			if _, _, err := c.Announce(ctx, "one", parcel.Announcement{Label: announced},
				ledger.Condition{}); err != nil {
				t.Fatal(err)
			}
			for id, label := range map[string]string{"two": other, "00340123450000000017": "", "three": announced} {
				if _, _, err := c.Announce(ctx, id, parcel.Announcement{Label: label},
					ledger.Condition{}); !isProblem(err, "label-in-use") {
					t.Errorf("%s with the label %q: %v", id, label, err)
				}
			}
			if list, _, err := c.Parcels(ctx, client.ParcelQuery{Label: other}); err != nil || len(list) != 1 ||
				list[0].ID != "one" || list[0].Label != announced {
				t.Errorf("the list has %+v, %v", list, err)
			}

			courier, err := c.AddCourier(ctx, "North", "")
			if err != nil {
				t.Fatal(err)
			}
			f := &finger{t: t, c: c, views: c.Views(ctx)}
			f.works()
			f.scans(site, courier.Badge, view.StepCourierReady)
			f.scans(site, scanned, view.StepCourierOpen)
			if p, _, err := c.Parcel(ctx, "one"); err != nil || p.State != parcel.Depositing || p.Label != announced {
				t.Errorf("the door opened, and the parcel is %+v, %v", p, err)
			}
		})
	}
}

// Several labels, spelled in every way, at a real station: told, found, refused.
func TestAParcelWithSeveralLabelsIsFoundByEachAndNoOtherMayHaveOne(t *testing.T) {
	t.Parallel()
	cfg, _ := walled(t)
	ctx, c := t.Context(), served(t, cfg)
	several := []string{"1071804952390002087800925989385163", "JD012345678901234567"}
	p, created, err := c.Announce(ctx, "one", parcel.Announcement{Label: "SHOP-1", Labels: several}, ledger.Condition{})
	if err != nil || !created || !slices.Equal(p.Labels, several) {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, created, err := c.Announce(ctx, "one", parcel.Announcement{
		Label: "SHOP-1", Labels: several,
	}, ledger.Condition{}); err != nil || created {
		t.Errorf("said again: %v", err)
	}
	if p, _, err := c.Parcel(ctx, "one"); err != nil || p.Label != "SHOP-1" || !slices.Equal(p.Labels, several) {
		t.Errorf("read back as %+v, %v", p, err)
	}
	for text, found := range map[string]bool{
		"SHOP-1": true, "925989385163": true, "00925989385163": true, "A925989385163A": true,
		"JJD012345678901234567":           true,
		"]C0JD012345678901234567\r\n\r\n": true, "\x02]Q2\\000026SHOP-1\x03": true, "\ufeffSHOP-1": true,
		"shop-1": false, "1071804952390002087812925989385163": false,
		"https://example.com/" + strings.Repeat("x", 490): false,
	} {
		list, _, err := c.Parcels(ctx, client.ParcelQuery{Label: text})
		if err != nil || len(list) > 1 || found != (len(list) == 1 && list[0].ID == "one") {
			t.Errorf("%q lists %+v, %v", text, list, err)
		}
	}
	if _, _, err := c.Parcels(ctx, client.ParcelQuery{Label: strings.Repeat("x", 513)}); !isProblem(err,
		"bad-parameter") {
		t.Errorf("513 characters: %v", err)
	}
	for pointer, a := range map[string]parcel.Announcement{
		"/label":    {Label: "925989385163"},
		"/labels/1": {Label: "X", Labels: []string{"Y", "JJD012345678901234567"}},
		"/labels/0": {Labels: []string{"]C0SHOP-1"}},
	} {
		_, _, err := c.Announce(ctx, "two", a, ledger.Condition{})
		var answer *problem.Problem
		if !errors.As(err, &answer) || answer.Slug() != "label-in-use" || answer.Pointer != pointer {
			t.Errorf("%+v: %v, %+v", a, err, answer)
		}
	}
	for pointer, labels := range map[string][]string{
		"/labels": {"1", "2", "3", "4", "5", "6", "7", "8", "9"}, "/labels/1": {"a", "b c"}, "/labels/0": {""},
	} {
		_, _, err := c.Announce(ctx, "two", parcel.Announcement{Labels: labels}, ledger.Condition{})
		var answer *problem.Problem
		if !errors.As(err, &answer) || answer.Status != 422 || answer.Pointer != pointer {
			t.Errorf("%q: %v, %+v", labels, err, answer)
		}
	}
	if _, _, err := c.Announce(ctx, "one", parcel.Announcement{Label: "SHOP-1"}, ledger.Condition{}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Announce(ctx, "two", parcel.Announcement{Label: "925989385163"}, ledger.Condition{}); err != nil {
		t.Errorf("a label that was given up: %v", err)
	}
}

// works waits until the reader is read and every door is known to be closed.
func (f *finger) works() {
	f.t.Helper()
	for late := time.Now().Add(2 * time.Minute); ; <-time.After(10 * time.Millisecond) {
		devices, err := f.c.Devices(f.t.Context())
		if err != nil {
			f.t.Fatal(err)
		}
		doors, err := f.c.Compartments(f.t.Context())
		if err != nil {
			f.t.Fatal(err)
		}
		read := slices.ContainsFunc(devices, func(d health.Device) bool {
			return d.Kind == health.Scanner && d.State == "working"
		})
		if read && !slices.ContainsFunc(doors, func(c wall.Compartment) bool { return c.Door != door.Closed }) {
			return
		}
		if time.Now().After(late) {
			f.t.Fatalf("not within two minutes: %+v, %+v", devices, doors)
		}
	}
}

// scans holds a code before the reader until the page it leads to is there.
func (f *finger) scans(site *sim.Site, code string, step view.Step) {
	f.t.Helper()
	if err := site.Scan([]byte(code), true); err != nil {
		f.t.Fatal(err)
	}
	f.until(string(step), func(v view.View) bool { return v.Step == step })
}
