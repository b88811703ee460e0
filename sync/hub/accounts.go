package hub

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// An Account is a courier or somebody of the staff whom the centre has made.
type Account struct {
	Kind     string // couriers, staff
	ID, Name string
	Role     string // staff only
	Station  string // empty: everywhere
	Created  time.Time
	Removed  bool
}

// maxPerson bounds the name of a person, in characters.
const maxPerson = 100

// AddCourier lets a courier in at a station, or with "" everywhere. Badge and PIN are
// given here and never again.
func (h *Hub) AddCourier(ctx context.Context, by, name, station string) (id, badge, pin string, err error) {
	return h.addAccount(ctx, by, Account{Kind: protocol.Couriers, Name: name, Station: station})
}

// AddStaff lets somebody of the staff in at a station, or with "" everywhere.
func (h *Hub) AddStaff(
	ctx context.Context,
	by, name, role, station string,
) (id, badge, pin string, err error) {
	if !people.Role(role).Valid() {
		return "", "", "", ledger.Refuse(ledger.Invalid, "no-such-role", "the role is one of %s",
			people.RoleNames()).At("/role")
	}
	return h.addAccount(ctx, by, Account{Kind: protocol.Staff, Name: name, Role: role, Station: station})
}

func (h *Hub) addAccount(ctx context.Context, by string, a Account) (id, badge, pin string, err error) {
	if err := checkText(a.Name, "name", 1, maxPerson); err != nil {
		return "", "", "", err
	}
	var b [16]byte
	rand.Read(b[:])
	badge, pin = "B:"+base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]), digits(8)
	id = "hub-" + random(5)
	err = h.act(ctx, by, a.Kind+".added", a.Kind+"/"+id, a.Role, func(tx *db.Tx) error {
		if a.Station != Everywhere {
			if err := h.mustStation(tx, a.Station); err != nil {
				return err
			}
		}
		if _, err := tx.Exec("INSERT INTO accounts (kind, id, name, role, station, created) VALUES (?, ?, ?, ?, ?, ?)",
			a.Kind, id, h.vault.seal([]byte(a.Name)), a.Role, a.Station, millis(h.now())); err != nil {
			return err
		}
		_, err := h.Tell(
			tx,
			a.Station,
			a.Kind,
			id,
			protocol.AccountDoc{Name: a.Name, Role: a.Role, Badge: badge, PIN: pin},
		)
		return err
	})
	if h.toldIf(err) != nil {
		return "", "", "", err
	}
	return id, badge, pin, nil
}

// RemoveCourier ends what a courier of the centre's may.
func (h *Hub) RemoveCourier(ctx context.Context, by, id string) error {
	return h.removeAccount(ctx, by, protocol.Couriers, id)
}

// RemoveStaff ends what somebody of the staff of the centre's may.
func (h *Hub) RemoveStaff(ctx context.Context, by, id string) error {
	return h.removeAccount(ctx, by, protocol.Staff, id)
}

func (h *Hub) removeAccount(ctx context.Context, by, kind, id string) error {
	if !clean(id) {
		return refuseUnknown("account")
	}
	return h.toldIf(h.act(ctx, by, kind+".removed", kind+"/"+id, "", func(tx *db.Tx) error {
		var station string
		err := tx.QueryRow("UPDATE accounts SET removed = 1 WHERE kind = ? AND id = ? AND removed = 0 "+
			"RETURNING station",
			kind, id).
			Scan(&station)
		if isNone(err) {
			return refuseUnknown("account")
		}
		if err != nil {
			return err
		}
		_, err = h.Tell(tx, station, kind, id, nil)
		return err
	}))
}

// Accounts reads couriers and staff of the centre's, also those removed.
func (h *Hub) Accounts(ctx context.Context) ([]Account, error) {
	r, err := h.db.Query(ctx, "SELECT kind, id, name, role, station, created, removed FROM accounts "+
		"ORDER BY removed, kind, created, id")
	return rows(r, err, func(r *sql.Rows) (a Account, err error) {
		var name []byte
		var created, removed int64
		if err := r.Scan(&a.Kind, &a.ID, &name, &a.Role, &a.Station, &created, &removed); err != nil {
			return a, err
		}
		name, err = h.vault.unseal(name)
		a.Name, a.Created, a.Removed = string(name), moment(created), removed != 0
		return a, err
	})
}

// digits draws so many decimal digits, all equally likely.
func digits(n int) string {
	out := make([]byte, 0, n)
	for len(out) < n {
		var b [1]byte
		rand.Read(b[:])
		if b[0] < 250 {
			out = append(out, '0'+b[0]%10)
		}
	}
	return string(out)
}
