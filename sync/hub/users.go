package hub

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"cubby/locker/ledger"
	"cubby/sync/db"
)

// Lengths of passwords, in characters.
const (
	leastPassword = 10
	mostPassword  = 200
)

var userName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,39}$`)

// Roles are all, the least trusted first.
var Roles = []Role{Viewer, Operator, Admin}

// May reports whether a role may do what another one may.
func (r Role) May(what Role) bool {
	return slices.Index(Roles, r) >= slices.Index(Roles, what) && slices.Contains(Roles, r)
}

func checkUser(name string, role Role) error {
	if !userName.MatchString(name) {
		return ledger.Refuse(ledger.Invalid, "bad-name",
			"a user's name has 1 to 40 lower-case letters, digits, dots, hyphens and underscores").At("/name")
	}
	if !slices.Contains(Roles, role) {
		return ledger.Refuse(ledger.Invalid, "no-such-role", "the role is viewer, operator or admin").
			At("/role")
	}
	return nil
}

func checkPassword(password string) error {
	if n := utf8.RuneCountInString(password); n < leastPassword || n > mostPassword ||
		!utf8.ValidString(password) {
		return ledger.Refuse(ledger.Invalid, "bad-password", "a password has %d to %d characters", leastPassword,
			mostPassword).
			At("/password")
	}
	return nil
}

// slowHash is Argon2id with 19 MiB and two passes (OWASP's minimum), keyed, so that the
// database without the key file gives nothing away. One is made at a time.
func (h *Hub) slowHash(password, salt string) string {
	h.hashing.Lock()
	defer h.hashing.Unlock()
	slow := argon2.IDKey([]byte(password), []byte(salt), 2, 19*1024, 1, 32)
	return h.vault.hash("password", hex.EncodeToString(slow))
}

// AddUser lets somebody sign in to the console. A name that was removed may come back.
func (h *Hub) AddUser(ctx context.Context, by, name string, role Role, password string) error {
	if err := checkUser(name, role); err != nil {
		return err
	}
	if err := checkPassword(password); err != nil {
		return err
	}
	salt := random(16)
	hash := h.slowHash(password, salt)
	return h.act(ctx, by, "user.added", "users/"+name, string(role), func(tx *db.Tx) error {
		var removed int64
		err := tx.QueryRow("SELECT removed FROM users WHERE name = ?", name).Scan(&removed)
		if err == nil && removed == 0 {
			return ledger.Refuse(ledger.Conflict, "name-taken", "there is a user of this name already").
				At("/name")
		}
		if err != nil && !isNone(err) {
			return err
		}
		_, err = tx.Exec("INSERT INTO users (name, role, salt, hash, created) VALUES (?, ?, ?, ?, ?) "+
			"ON CONFLICT (name) DO UPDATE SET role = excluded.role, salt = excluded.salt, hash = excluded.hash, "+
			"created = excluded.created, removed = 0", name, string(role), salt, hash, millis(h.now()))
		return err
	})
}

// changeUser runs a statement about a user who is there.
func (h *Hub) changeUser(ctx context.Context, by, what, name, query string, args ...any) error {
	return h.act(ctx, by, what, "users/"+name, "", func(tx *db.Tx) error {
		done, err := tx.Exec(query, append(args, name)...)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return refuseUnknown("user")
	})
}

// SetPassword gives a user another password.
func (h *Hub) SetPassword(ctx context.Context, by, name, password string) error {
	if err := checkPassword(password); err != nil {
		return err
	}
	if !userName.MatchString(name) {
		return refuseUnknown("user")
	}
	salt := random(16)
	err := h.changeUser(
		ctx,
		by,
		"user.password_set",
		name,
		"UPDATE users SET salt = ?, hash = ? WHERE removed = 0 AND name = ?",
		salt,
		h.slowHash(password, salt),
	)
	if err == nil {
		h.signs.passed(name)
	}
	return err
}

// RemoveUser ends what a user may. The last admin stays.
func (h *Hub) RemoveUser(ctx context.Context, by, name string) error {
	if !userName.MatchString(name) {
		return refuseUnknown("user")
	}
	return h.act(ctx, by, "user.removed", "users/"+name, "", func(tx *db.Tx) error {
		var role Role
		err := tx.QueryRow("SELECT role FROM users WHERE name = ? AND removed = 0", name).Scan(&role)
		if isNone(err) {
			return refuseUnknown("user")
		}
		var others int
		if err == nil {
			err = tx.QueryRow("SELECT count(*) FROM users WHERE role = ? AND removed = 0 AND name <> ?", string(Admin),
				name).
				Scan(&others)
		}
		if err != nil {
			return err
		}
		if role == Admin && others == 0 {
			return ledger.Refuse(
				ledger.Conflict,
				"last-admin",
				"this is the last admin; make another one first",
			)
		}
		_, err = tx.Exec("UPDATE users SET removed = 1, hash = '' WHERE name = ?", name)
		return err
	})
}

func scanUser(r interface{ Scan(...any) error }, more ...any) (u User, err error) {
	var created, removed int64
	err = r.Scan(append([]any{&u.Name, &u.Role, &created, &removed}, more...)...)
	u.Created, u.Removed = moment(created), removed != 0
	return u, err
}

// Users reads all by name, also those removed.
func (h *Hub) Users(ctx context.Context) ([]User, error) {
	r, err := h.db.Query(ctx, "SELECT name, role, created, removed FROM users ORDER BY removed, name")
	return rows(r, err, func(r *sql.Rows) (User, error) { return scanUser(r) })
}

// User reads one who may sign in.
func (h *Hub) User(ctx context.Context, name string) (User, error) {
	if !userName.MatchString(name) {
		return User{}, refuseUnknown("user")
	}
	var salt string
	u, err := scanUser(h.db.QueryRow(ctx, "SELECT name, role, created, removed, salt FROM users WHERE name = ? "+
		"AND removed = 0", name), &salt)
	if isNone(err) {
		err = refuseUnknown("user")
	}
	u.Mark = h.vault.hash("mark", salt)
	return u, err
}

// wrongPassword is the one answer to every sign-in that fails.
var wrongPassword = ledger.Refuse(
	ledger.NotAllowed,
	"wrong-password",
	"this is not the name and password of a user",
)

// SignIn finds the user of a name and a password. It takes the same time for a name that
// nobody has; whoever guesses has to wait longer and longer.
func (h *Hub) SignIn(ctx context.Context, name, password string) (User, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if !userName.MatchString(name) {
		name = "-" // nobody's
	}
	if len(password) > 4*mostPassword {
		password = ""
	}
	if wait := h.signs.wait(name, h.now()); wait > 0 {
		return User{}, ledger.Refuse(ledger.Unavailable, "too-many-tries",
			"too many passwords were wrong; try again in %d s", int(wait/time.Second)+1)
	}
	var salt, hash string
	u, err := scanUser(h.db.QueryRow(ctx, "SELECT name, role, created, removed, salt, hash FROM users "+
		"WHERE name = ? AND removed = 0", name), &salt, &hash)
	if err != nil && !isNone(err) {
		return User{}, err
	}
	if isNone(err) {
		salt = h.vault.hash("nobody", name)[:32]
	}
	tried := h.slowHash(password, salt)
	if subtle.ConstantTimeCompare([]byte(tried), []byte(hash)) != 1 {
		h.signs.failed(name, h.now())
		return User{}, wrongPassword
	}
	h.signs.passed(name)
	u.Mark = h.vault.hash("mark", salt)
	return u, nil
}
