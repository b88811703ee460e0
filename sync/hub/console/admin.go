package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"cubby/locker/view"
	"cubby/sync/hub"
)

// again shows a list whose form was refused, with what was typed.
func (v *visit) again(err error, list func(v *visit, status int, more map[string]any) error) error {
	return v.retry(err, func(data map[string]any) error { return list(v, http.StatusUnprocessableEntity, data) })
}

// listing makes a handler of a list.
func listing(list func(v *visit, status int, more map[string]any) error) func(*visit) error {
	return func(v *visit) error { return list(v, http.StatusOK, nil) }
}

// with adds what a form that was refused needs to what a page shows.
func with(data, more map[string]any) map[string]any {
	data["Typed"] = map[string]string{}
	for name, value := range more {
		data[name] = value
	}
	return data
}

func users(v *visit, status int, more map[string]any) error {
	all, err := v.hub.Users(v.r.Context())
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(u hub.User) bool { return u.Removed })
	v.show(status, "users", with(map[string]any{"Users": all, "Roles": hub.Roles}, more))
	return nil
}

func addUser(v *visit) error {
	name := strings.ToLower(v.field("name"))
	err := v.hub.AddUser(v.r.Context(), v.by(), name, hub.Role(v.field("role")), v.r.PostForm.Get("password"))
	if err != nil {
		return v.again(err, users)
	}
	return v.done("/users", note{Word: "users.done.added", Gaps: []any{"name", name}})
}

// changeUser sets a password or removes a user, who is signed out everywhere.
func changeUser(v *visit) error {
	name, what := v.r.PathValue("name"), v.r.PathValue("what")
	var err error
	switch what {
	case "password":
		err = v.hub.SetPassword(v.r.Context(), v.by(), name, v.r.PostForm.Get("password"))
	case "remove":
		err = v.hub.RemoveUser(v.r.Context(), v.by(), name)
	default:
		return notFound(v)
	}
	if err != nil {
		return v.again(err, users)
	}
	if what == "remove" {
		v.seats.endOf(name)
	} else if err := v.endSessions(name); err != nil {
		return err
	}
	return v.done("/users", note{Word: "users.done." + what, Gaps: []any{"name", name}})
}

// endSessions signs a user out everywhere; whoever changes the own password goes on.
func (v *visit) endSessions(name string) error {
	v.seats.endOf(name)
	if name != v.user.Name {
		return nil
	}
	u, err := v.hub.User(v.r.Context(), name)
	if err != nil {
		return err
	}
	v.cookie = v.seats.begin(u)
	setCookie(v.w, v.r, cookieSession, v.cookie, longest)
	return nil
}

func account(v *visit, status int, more map[string]any) error {
	v.show(status, "account", with(map[string]any{}, more))
	return nil
}

// ownPassword changes one's own password, for which the old one is asked.
func ownPassword(v *visit) error {
	ctx, name := v.r.Context(), v.user.Name
	_, err := v.hub.SignIn(ctx, name, v.r.PostForm.Get("old"))
	if err == nil {
		err = v.hub.SetPassword(ctx, v.by(), name, v.r.PostForm.Get("password"))
	}
	if err != nil {
		return v.again(err, account)
	}
	if err := v.endSessions(name); err != nil {
		return err
	}
	return v.done("/account", note{Word: "users.done.password", Gaps: []any{"name", name}})
}

func keys(v *visit, status int, more map[string]any) error {
	all, err := v.hub.Keys(v.r.Context())
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(k hub.Key) bool { return k.Revoked })
	var scopes []string
	if v.o.Scopes != nil {
		scopes = v.o.Scopes()
	}
	v.show(status, "keys", with(map[string]any{"Keys": all, "Scopes": scopes}, more))
	return nil
}

func addKey(v *visit) error {
	name := v.field("name")
	scopes := append(v.r.PostForm["scope"], strings.FieldsFunc(v.field("scopes"), func(r rune) bool {
		return r == ',' || r == ' '
	})...)
	token, err := v.hub.AddKey(v.r.Context(), v.by(), name, scopes)
	if err != nil {
		return v.again(err, keys)
	}
	return v.done("/keys", note{Word: "keys.done.added", Gaps: []any{"name", name},
		Secrets: []secret{{"keys.token", token}}})
}

// rotateKey gives a key another token; the one before counts on for a day, or for as long
// as was chosen.
func rotateKey(v *visit) error {
	name := v.r.PathValue("name")
	hours, err := strconv.Atoi(v.field("overlap"))
	if err != nil {
		hours = 24
	}
	token, err := v.hub.RotateKey(v.r.Context(), v.by(), name, time.Duration(hours)*time.Hour)
	if err != nil {
		return v.again(err, keys)
	}
	word := "keys.done.rotated"
	if hours == 0 {
		word = "keys.done.rotated.now"
	}
	return v.done("/keys", note{Word: word, Gaps: []any{"name", name, "hours", hours},
		Secrets: []secret{{"keys.token", token}}})
}

func revokeKey(v *visit) error {
	name := v.r.PathValue("name")
	if err := v.hub.RevokeKey(v.r.Context(), v.by(), name); err != nil {
		return err
	}
	return v.done("/keys", note{Word: "keys.done.revoked", Gaps: []any{"name", name}})
}

func persons(v *visit, status int, more map[string]any) error {
	all, err := v.hub.Accounts(v.r.Context())
	if err != nil {
		return err
	}
	stations, err := v.hub.Stations(v.r.Context())
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(a hub.Account) bool { return a.Removed })
	v.show(status, "people", with(map[string]any{"People": all, "Stations": stations, "Names": namesOf(stations),
		"Roles": staffRoles}, more))
	return nil
}

func addPerson(v *visit) error {
	ctx, name, role, station := v.r.Context(), v.field("name"), v.field("role"), v.field("station")
	var badge, pin string
	var err error
	if role == "courier" {
		_, badge, pin, err = v.hub.AddCourier(ctx, v.by(), name, station)
	} else {
		_, badge, pin, err = v.hub.AddStaff(ctx, v.by(), name, role, station)
	}
	if err != nil {
		return v.again(err, persons)
	}
	return v.done("/people", note{Word: "people.done.added", Gaps: []any{"name", name},
		Secrets: []secret{{"people.badge", badge}, {"people.pin", pin}}})
}

func removePerson(v *visit) error {
	remove := v.hub.RemoveStaff
	if v.r.PathValue("kind") == "couriers" {
		remove = v.hub.RemoveCourier
	}
	if err := remove(v.r.Context(), v.by(), v.r.PathValue("id")); err != nil {
		return err
	}
	return v.done("/people", note{Word: "people.done.removed"})
}

func policies(v *visit, status int, more map[string]any) error {
	all, err := v.hub.Policies(v.r.Context())
	if err != nil {
		return err
	}
	v.show(status, "policies", with(map[string]any{"Policies": all}, more))
	return nil
}

func putPolicy(v *visit) error {
	shop := v.field("shop")
	if err := v.hub.PutPolicy(v.r.Context(), v.by(), shop, v.r.PostForm.Get("toml")); err != nil {
		return v.again(err, policies)
	}
	return v.done("/policies", note{Word: "policies.done.put", Gaps: []any{"name", shop}})
}

func dropPolicy(v *visit) error {
	shop := v.r.PathValue("shop")
	if err := v.hub.DropPolicy(v.r.Context(), v.by(), shop); err != nil {
		return err
	}
	return v.done("/policies", note{Word: "policies.done.dropped", Gaps: []any{"name", shop}})
}

func texts(v *visit, status int, more map[string]any) error {
	all, err := v.hub.Texts(v.r.Context())
	if err != nil {
		return err
	}
	v.show(status, "texts", with(map[string]any{"Texts": all, "Tags": tags,
		"Names": []string{view.TextNotice, view.TextHelp}}, more))
	return nil
}

func putText(v *visit) error {
	name, text := v.field("name"), map[string]string{}
	for _, tag := range tags {
		if one := v.field("text-" + tag); one != "" {
			text[tag] = one
		}
	}
	if err := v.hub.PutText(v.r.Context(), v.by(), name, text); err != nil {
		return v.again(err, texts)
	}
	return v.done("/texts", note{Word: "texts.done.put", Gaps: []any{"name", name}})
}

func dropText(v *visit) error {
	name := v.r.PathValue("name")
	if err := v.hub.DropText(v.r.Context(), v.by(), name); err != nil {
		return err
	}
	return v.done("/texts", note{Word: "texts.done.dropped", Gaps: []any{"name", name}})
}

// actions shows what was done at the hub, and by whom.
func actions(v *visit) error {
	before, _ := time.Parse(time.RFC3339Nano, v.query("after")) // none: from now on
	all, err := v.hub.Actions(v.r.Context(), before, perPage)
	if err != nil {
		return err
	}
	next := ""
	if len(all) == perPage {
		next = all[len(all)-1].At.UTC().Format(time.RFC3339Nano)
	}
	v.show(http.StatusOK, "actions", map[string]any{"Actions": all, "More": v.more(next)})
	return nil
}
