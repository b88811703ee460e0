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
	{pattern: "GET /stations/{station}/parcels/{id}", role: hub.Viewer, do: parcel},

	{pattern: "GET /announce", role: hub.Operator, do: announceForm},
	{pattern: "POST /announce", role: hub.Operator, do: announce},
	{pattern: "POST /stations/{station}/parcels/{id}/{what}", role: hub.Operator, do: changeParcel},

	{pattern: "GET /invite", role: hub.Admin, do: inviteForm},
	{pattern: "POST /invite", role: hub.Admin, do: invite},
	{pattern: "POST /stations/{station}/manage/{what}", role: hub.Admin, do: manage},

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
	}},
	{"menu.work", []menuItem{
		{"parcels.title", "/parcels", "g p", hub.Viewer},
		{"announce.title", "/announce", "g a", hub.Operator},
	}},
	{"menu.more", []menuItem{
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
