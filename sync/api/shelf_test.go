package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"cubby/locker/ledger"
	"cubby/sync/api/apitest"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

// What follows up to addShelves is all there is to a new family of resources. A real one
// is a package in this folder, its fragment a file beside it.

// keeper is what the family needs of the station.
type keeper interface {
	Put(ctx context.Context, name string, goods []ware) error
	Shelves() map[string][]ware
}

type shelves struct{ keeper keeper }

func shelfFamily(k keeper) rest.Family {
	f := shelves{k}
	return rest.Family{Name: "shelves", Fragment: []byte(shelfFragment), Routes: []rest.Route{
		{
			Method: "GET",
			Path:   "/v1/shelves",
			Scope:  "shelves:read",
			Query:  []string{"least"},
			Run:    rest.Plain(f.list),
		},
		{Method: "PUT", Path: "/v1/shelves/{name}", Scope: "shelves:write",
			Run: rest.Reads(f.put, strict.Says{"shelf-item": "name the goods"})},
		{Method: "DELETE", Path: "/v1/shelves/{name}", Entry: rest.Staff, Run: rest.Empty(f.clear)},
	}}
}

type shelf struct {
	Goods []ware `json:"goods" check:"required,most=2"`
}

type ware struct {
	Item  string `json:"item"  check:"required,text=1..20" slug:"shelf-item"`
	Count int    `json:"count" check:"range=1..99"`
}

func (f shelves) list(x *rest.Exchange) error {
	least, err := rest.Number(x.Query(), "least", 0, 9, 0)
	if err != nil {
		return err
	}
	all := map[string][]ware{}
	for name, goods := range f.keeper.Shelves() {
		if len(goods) >= least {
			all[name] = goods
		}
	}
	return x.Encode(http.StatusOK, map[string]any{"shelves": all})
}

func (f shelves) put(x *rest.Exchange, s shelf) error {
	if err := f.keeper.Put(x.Context(), x.Var("name"), s.Goods); err != nil {
		return err
	}
	return x.Nothing()
}

func (f shelves) clear(x *rest.Exchange) error {
	if err := f.keeper.Put(x.Context(), x.Var("name"), nil); err != nil {
		return err
	}
	return x.Nothing()
}

const shelfFragment = `{
 "paths": {
  "/v1/shelves": {"get": {
   "operationId": "listShelves", "summary": "List shelves", "tags": ["Shelves"],
   "parameters": [{"name": "least", "in": "query", "description": "How many goods at least.",
    "schema": {"type": "integer"}}],
   "responses": {
    "200": {"description": "All.",
     "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Shelves"}}}},
    "400": {"$ref": "#/components/responses/BadRequest"},
    "401": {"$ref": "#/components/responses/Unauthorized"}, "403": {"$ref": "#/components/responses/Forbidden"}}}},
  "/v1/shelves/{name}": {
   "parameters": [{"name": "name", "in": "path", "required": true, "description": "Its name.",
    "schema": {"type": "string"}}],
   "put": {
    "operationId": "putShelf", "summary": "Fill a shelf", "tags": ["Shelves"],
    "requestBody": {"required": true,
     "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Shelf"}}}},
    "responses": {"204": {"description": "Done."},
     "401": {"$ref": "#/components/responses/Unauthorized"}, "403": {"$ref": "#/components/responses/Forbidden"},
     "409": {"$ref": "#/components/responses/Conflict"}, "422": {"$ref": "#/components/responses/Refused"}}},
   "delete": {
    "operationId": "clearShelf", "summary": "Clear a shelf", "tags": ["Staff socket"], "x-cubby-door": "unix",
    "responses": {"204": {"description": "Done."}, "422": {"$ref": "#/components/responses/Refused"}}}}},
 "schemas": {
  "Shelf": {"type": "object", "additionalProperties": false, "required": ["goods"],
   "properties": {"goods": {"type": "array", "items": {"$ref": "#/components/schemas/Ware"}}}},
  "Ware": {"type": "object", "required": ["item"],
   "properties": {"item": {"type": "string"}, "count": {"type": "integer"}}},
  "Shelves": {"type": "object", "required": ["shelves"], "properties": {"shelves": {"type": "object",
   "additionalProperties": {"type": "array", "items": {"$ref": "#/components/schemas/Ware"}}}}}}}`

// addShelves is the line in Families.
func addShelves(c *apitest.Setup) { c.Families = append(c.Families, shelfFamily(cellar{})) }

type cellar map[string][]ware

func (c cellar) Shelves() map[string][]ware { return c }

func (c cellar) Put(_ context.Context, name string, goods []ware) error {
	if name == "attic" {
		return ledger.Refuse(ledger.Conflict, "no-room", "there is no room in the attic")
	}
	if c[name] = goods; goods == nil {
		delete(c, name)
	}
	return nil
}

func TestANewFamilyNeedsItsPackageAndALine(t *testing.T) {
	b := apitest.New(t, addShelves)
	if b.Contract().Paths.Value("/v1/shelves/{name}") == nil ||
		b.Contract().Components.Schemas["Ware"] == nil {
		t.Fatal("the contract that is served does not have it")
	}
	if served := apitest.Want(t, b.Do("GET", "/v1/openapi.json", ""), 200, ""); !strings.Contains(
		served, "clearShelf") {
		t.Error("another contract is served")
	}
	if !slices.Contains(b.Server.Scopes(), "shelves:write") {
		t.Errorf("the scopes are %v", b.Server.Scopes())
	}
	var made struct{ Token string }
	key := apitest.Want(t, b.Staff().Do("POST", "/v1/keys",
		`{"name":"shop","scopes":["shelves:read","shelves:write"]}`), 201, "")
	if err := json.Unmarshal([]byte(key), &made); err != nil {
		t.Fatal(err)
	}
	shop := b.With(made.Token)
	apitest.Want(t,
		shop.Do("PUT", "/v1/shelves/left", `{"goods":[{"item":"nuts","count":3},{"item":"bolts"}]}`), 204,
		"")
	apitest.Want(t, b.Do("PUT", "/v1/shelves/left", `{}`), 403, "scope-missing")
	apitest.Want(t, b.With("").Do("GET", "/v1/shelves", ""), 401, "no-key")
	apitest.Want(t, shop.Do("PUT", "/v1/shelves/attic", `{"goods":[{"item":"nuts"}]}`), 409, "no-room")
	list := apitest.Want(t, shop.Do("GET", "/v1/shelves?least=2", ""), 200, "")
	if want := `{"shelves":{"left":[{"item":"nuts","count":3},{"item":"bolts","count":0}]}}`; list != want {
		t.Errorf("got %s, want %s", list, want)
	}
	apitest.Want(t, shop.Do("GET", "/v1/shelves?most=2", ""), 400, "bad-parameter")
	apitest.Want(t, shop.Do("POST", "/v1/shelves/left", ""), 405, "method-not-allowed")
	apitest.Want(t, b.Staff().Do("DELETE", "/v1/shelves/left", `{"why":1}`), 422, "unknown-member")
	apitest.Want(t, b.Staff().Do("DELETE", "/v1/shelves/left", ""), 204, "")
	if list := apitest.Want(t, b.Staff().Do("GET", "/v1/shelves", ""), 200, ""); list != `{"shelves":{}}` {
		t.Errorf("left behind: %s", list)
	}
}

func TestTheBodyOfANewFamilyIsReadByDeclaration(t *testing.T) {
	b := apitest.New(t, addShelves)
	shop := b.With(b.Core.Grant("shop", "shelves:write"))
	var told struct {
		Detail string
		Errors []struct{ Pointer string }
	}
	body := `{"goods":[{"item":"","size":1},{"item":"nuts","count":100,"count":1}],"colour":"red"}`
	if err := json.Unmarshal([]byte(apitest.Want(t, shop.Do("PUT", "/v1/shelves/left", body), 422,
		"unknown-member")), &told); err != nil {
		t.Fatal(err)
	}
	var pointers []string
	for _, e := range told.Errors {
		pointers = append(pointers, e.Pointer)
	}
	want := "/goods/0/size /goods/1/count /colour /goods/0/item"
	if got := strings.Join(pointers, " "); got != want {
		t.Errorf("named %s, want %s", got, want)
	}
	refused := apitest.Want(t, shop.Do("PUT", "/v1/shelves/left", `{"goods":[{}]}`), 422, "shelf-item")
	if !strings.Contains(refused, "name the goods") {
		t.Errorf("said %s", refused)
	}
}

func TestFamiliesThatCannotBeServedAreNoticedAtTheStart(t *testing.T) {
	whole := func() rest.Family { return shelfFamily(cellar{}) }
	for name, c := range map[string]struct {
		change func(*rest.Family)
		says   string
	}{
		"without a name":      {func(f *rest.Family) { f.Name = "" }, "name of its own"},
		"with another's name": {func(f *rest.Family) { f.Name = "parcels" }, "name of its own"},
		"with another's route": {func(f *rest.Family) { f.Routes[0].Path = "/v1/parcels" },
			"both answer GET /v1/parcels"},
		"without a handler":       {func(f *rest.Family) { f.Routes[0].Run = rest.Handler{} }, "no handler"},
		"with a scope for nobody": {func(f *rest.Family) { f.Routes[0].Entry = rest.Open }, "not for a key"},
		"with no JSON":            {func(f *rest.Family) { f.Fragment = []byte("{") }, "the contract"},
		"with a schema that exists": {
			func(f *rest.Family) { f.Fragment = []byte(`{"schemas":{"Parcel":{}}}`) }, `"Parcel" is there twice`,
		},
		"with more scopes than bits": {func(f *rest.Family) { f.KeyScopes = manyScopes() }, "scopes"},
	} {
		f := whole()
		c.change(&f)
		all := append(apitest.New(t).Server.Families, f)
		_, err := rest.New(
			rest.Config{Families: all, Keys: apitest.NewCore(), Log: apitest.New(t).Server.Log})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want a word of %s", name, err, c.says)
		}
	}
}

func manyScopes() (list []string) {
	for c := range rune(64) {
		list = append(list, "may:"+string('A'+c))
	}
	return list
}
