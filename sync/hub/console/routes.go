package console

import (
	"cubby/sync/hub"
)

// anybody is the role of those who have not signed in.
const anybody hub.Role = ""

// A route is an address and who may ask for it.
type route struct {
	pattern string
	role    hub.Role
	do      func(*visit) error
	live    bool // made by a script: no page is answered
}

// staffRoles are those that staff of a station can have.
var staffRoles = []string{"associate", "supervisor", "manager", "technician"}

// routes are all addresses of the console. What is not here is not there.
var routes = []route{
	{pattern: "GET /sign-in", role: anybody, do: signIn},
	{pattern: "POST /sign-in", role: anybody, do: doSignIn},
	{pattern: "POST /language", role: anybody, do: setLanguage},
	{pattern: "GET /static/{file}", role: anybody, do: static},

	{pattern: "POST /sign-out", role: hub.Viewer, do: signOut},
	{pattern: "GET /help", role: hub.Viewer, do: help},
	{pattern: "GET /live", role: hub.Viewer, do: live, live: true},
	{pattern: "GET /{$}", role: hub.Viewer, do: overview},
	{pattern: "GET /stations/{station}", role: hub.Viewer, do: station},
	{pattern: "GET /troubles", role: hub.Viewer, do: troubles},
	{pattern: "GET /events", role: hub.Viewer, do: events},
	{pattern: "GET /parcels", role: hub.Viewer, do: parcels},
	{pattern: "GET /stations/{station}/parcels/{id}", role: hub.Viewer, do: oneParcel},

	{pattern: "GET /cases", role: hub.Viewer, do: cases},

	{pattern: "GET /stations/{station}/doors/{number}", role: hub.Viewer, do: door},
	{pattern: "GET /stations/{station}/tokens", role: hub.Viewer, do: listing(codes)},
	{pattern: "GET /capacity", role: hub.Viewer, do: capacity},
	{pattern: "GET /health", role: hub.Viewer, do: healthOf},
	{pattern: "GET /account", role: hub.Viewer, do: listing(account)},
	{pattern: "POST /account", role: hub.Viewer, do: ownPassword},

	{pattern: "GET /orders", role: hub.Viewer, do: orders},
	{pattern: "GET /orders/{id}", role: hub.Viewer, do: order},
	{pattern: "GET /returns", role: hub.Viewer, do: returned},
	{pattern: "GET /stations/{station}/returns/{id}", role: hub.Viewer, do: oneReturn},
	{pattern: "GET /refunds", role: hub.Viewer, do: refunds},
	{pattern: "GET /messages", role: hub.Viewer, do: messages},

	{pattern: "GET /orders/new", role: hub.Operator, do: newOrder},
	{pattern: "POST /orders", role: hub.Operator, do: putOrder},
	{pattern: "POST /orders/{id}/do/{what}", role: hub.Operator, do: changeOrder},
	{pattern: "POST /stations/{station}/returns/{id}/{what}", role: hub.Operator, do: answerReturn},
	{pattern: "POST /stations/{station}/refunds/{id}/settle", role: hub.Operator, do: settle},
	{pattern: "POST /health/{number}/looked", role: hub.Operator, do: lookedAt},
	{pattern: "POST /stations/{station}/parcels/{id}/look/{what}", role: hub.Operator, do: look},
	{pattern: "POST /stations/{station}/doors/{number}/{what}", role: hub.Operator, do: orderDoor},
	{pattern: "GET /announce", role: hub.Operator, do: announceForm},
	{pattern: "POST /announce", role: hub.Operator, do: announce},
	{pattern: "POST /stations/{station}/tokens", role: hub.Operator, do: makeToken},
	{pattern: "POST /stations/{station}/tokens/{id}/take-back", role: hub.Operator, do: takeTokenBack},
	{pattern: "POST /stations/{station}/parcels/{id}/{what}", role: hub.Operator, do: changeParcel},

	{pattern: "GET /invite", role: hub.Admin, do: inviteForm},
	{pattern: "POST /invite", role: hub.Admin, do: invite},
	{pattern: "POST /stations/{station}/manage/{what}", role: hub.Admin, do: manage},
	{pattern: "POST /stations/{station}/restart", role: hub.Admin, do: orderRestart},
	{pattern: "GET /users", role: hub.Admin, do: listing(users)},
	{pattern: "POST /users", role: hub.Admin, do: addUser},
	{pattern: "POST /users/{name}/{what}", role: hub.Admin, do: changeUser},
	{pattern: "GET /keys", role: hub.Admin, do: listing(keys)},
	{pattern: "POST /keys", role: hub.Admin, do: addKey},
	{pattern: "POST /keys/{name}/rotate", role: hub.Admin, do: rotateKey},
	{pattern: "POST /keys/{name}/revoke", role: hub.Admin, do: revokeKey},
	{pattern: "GET /webhooks", role: hub.Admin, do: listing(webhooks)},
	{pattern: "POST /webhooks", role: hub.Admin, do: addWebhook},
	{pattern: "GET /webhooks/{webhook}", role: hub.Admin, do: listing(oneWebhook)},
	{pattern: "POST /webhooks/{webhook}/{what}", role: hub.Admin, do: changeWebhook},
	{pattern: "GET /people", role: hub.Admin, do: listing(persons)},
	{pattern: "POST /people", role: hub.Admin, do: addPerson},
	{pattern: "POST /people/{kind}/{id}/remove", role: hub.Admin, do: removePerson},
	{pattern: "GET /policies", role: hub.Admin, do: listing(policies)},
	{pattern: "POST /policies", role: hub.Admin, do: putPolicy},
	{pattern: "POST /policies/{shop}/drop", role: hub.Admin, do: dropPolicy},
	{pattern: "GET /texts", role: hub.Admin, do: listing(texts)},
	{pattern: "POST /texts", role: hub.Admin, do: putText},
	{pattern: "POST /texts/{name}/drop", role: hub.Admin, do: dropText},
	{pattern: "GET /actions", role: hub.Admin, do: actions},

	{pattern: "/", role: hub.Viewer, do: notFound},
}

// A menuItem is a page that the menu leads to.
type menuItem struct {
	Key  string // of its title in the word files
	Path string
	Keys string // shortcut: typed one after the other
	role hub.Role
}

// A menuGroup is a part of the menu.
type menuGroup struct {
	Key   string
	Items []menuItem
}

var menu = []menuGroup{
	{"menu.watch", []menuItem{
		{"overview.title", "/", "g o", hub.Viewer},
		{"troubles.title", "/troubles", "g t", hub.Viewer},
		{"events.title", "/events", "g e", hub.Viewer},
		{"capacity.title", "/capacity", "g c", hub.Viewer},
		{"health.title", "/health", "g s", hub.Viewer},
	}},
	{"menu.work", []menuItem{
		{"parcels.title", "/parcels", "g p", hub.Viewer},
		{"cases.title", "/cases", "g f", hub.Viewer},
		{"announce.title", "/announce", "g a", hub.Operator},
		{"orders.title", "/orders", "g d", hub.Viewer},
		{"returns.title", "/returns", "g r", hub.Viewer},
		{"refunds.title", "/refunds", "g m", hub.Viewer},
		{"messages.title", "/messages", "g n", hub.Viewer},
	}},
	{"menu.manage", []menuItem{
		{"invite.title", "/invite", "g i", hub.Admin},
		{"people.title", "/people", "g b", hub.Admin},
		{"policies.title", "/policies", "g y", hub.Admin},
		{"texts.title", "/texts", "g x", hub.Admin},
		{"users.title", "/users", "g u", hub.Admin},
		{"keys.title", "/keys", "g k", hub.Admin},
		{"webhooks.title", "/webhooks", "g j", hub.Admin},
		{"actions.title", "/actions", "g l", hub.Admin},
	}},
	{"menu.more", []menuItem{
		{"account.title", "/account", "g w", hub.Viewer},
		{"help.title", "/help", "g h", hub.Viewer},
	}},
}

// menu leaves out what the user may not see.
func (v *visit) menu() (all []menuGroup) {
	for _, g := range menu {
		var items []menuItem
		for _, i := range g.Items {
			if v.may(i.role) {
				items = append(items, i)
			}
		}
		if len(items) > 0 {
			all = append(all, menuGroup{g.Key, items})
		}
	}
	return all
}
