package station

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/secret"
	"cubby/locker/store"
)

// found names the files of a folder that hold a text.
func found(t *testing.T, dir, text string) (in []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // the station has renamed it since
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), text) {
			in = append(in, f.Name())
		}
	}
	return in
}

func TestAnErasedRecipientIsGoneFromEveryFileOfTheStation(t *testing.T) {
	const planted = "PLANTED-NAME"
	ctx := context.Background()
	for name, end := range map[string]func(r *rig) error{
		"on request": func(r *rig) error {
			_, err := r.EraseRecipient(ctx, "p", ledger.Condition{}, "key:test")
			return err
		},
		"with the parcel": func(r *rig) error {
			_, err := r.Cancel(ctx, "p", ledger.Condition{}, "key:test")
			return err
		},
		"by another": func(r *rig) error {
			_, _, err := r.Announce(ctx, "p", parcel.Announcement{Recipient: &parcel.Recipient{Name: "B"}},
				ledger.Condition{}, "key:test")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				r := start(t, dir)
				a := parcel.Announcement{Recipient: &parcel.Recipient{
					Name: planted, Phone: planted, Email: planted + "@example.org",
				}}
				if _, _, err := r.Announce(ctx, "p", a, ledger.Condition{}, "key:test"); err != nil {
					t.Fatal(err)
				}
				if found(t, dir, planted) == nil {
					t.Fatal("the name is in no file from the beginning")
				}
				if err := end(r); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * foldErased)
				synctest.Wait()
				if in := found(t, dir, planted); in != nil {
					t.Errorf("the name is still in %q", in)
				}
				if err := r.stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// What an older program has left behind goes with the first start.
func TestRecipientsOfParcelsThatHaveEndedBeforeAreErasedAtTheStart(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, dir)
		ctx := context.Background()
		if _, _, err := r.Announce(ctx, "p", parcel.Announcement{}, ledger.Condition{}, "key:test"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Cancel(ctx, "p", ledger.Condition{}, "key:test"); err != nil {
			t.Fatal(err)
		}
		r.stop()
		leaveRecipient(t, dir, "p")
		r = start(t, dir)
		time.Sleep(time.Second)
		synctest.Wait()
		if _, kept, err := r.store.Parcel(ctx, "p"); kept != nil || err != nil {
			t.Errorf("%+v is kept, %v", kept, err)
		}
		r.stop()
	})
}

// leaveRecipient writes a recipient into the database of a station that does not run.
func leaveRecipient(t *testing.T, dir, id string) {
	t.Helper()
	keys, err := secret.Derive(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), dir, "test", keys)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	tx.Save(ledger.Changes{parcel.Recipients.Spec: {id: parcel.Recipient{Name: "N"}}})
	if err := errors.Join(tx.Commit(), s.Close()); err != nil {
		t.Fatal(err)
	}
}
