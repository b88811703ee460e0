package locker

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/returns"
	"cubby/locker/shop"
	"cubby/locker/wall"
)

// A fact that is not listed cannot be read back from the log.
func TestEveryFactOfEveryRoomIsListed(t *testing.T) {
	var declared []string
	paths, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "ledger/") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "Apply" {
				declared = append(declared, f.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name)
			}
		}
	}
	var listed []string
	for _, f := range Ledger.Facts() {
		listed = append(listed, reflect.TypeOf(f).Elem().Name())
	}
	slices.Sort(declared)
	slices.Sort(listed)
	if listed = slices.Compact(listed); !slices.Equal(declared, listed) {
		t.Errorf("declared %v\nlisted   %v", declared, listed)
	}
}

// What a fact does it does once: the log may be read from the beginning again.
func TestEveryFactIsReadBackAndAppliedTheSameTwice(t *testing.T) {
	for _, f := range Ledger.Facts() {
		t.Run(f.Type(), func(t *testing.T) {
			full := filled(reflect.TypeOf(f).Elem())
			if a, ok := full.(*parcel.ParcelAnnounced); ok {
				a.Changed = f.(*parcel.ParcelAnnounced).Changed
				a.Recipient, a.Tail = nil, "" // not in the log
			}
			if a, ok := full.(*orders.Accepted); ok {
				a.Changed = f.(*orders.Accepted).Changed
				a.Customer, a.Order.Customer = nil, orders.Customer{} // likewise
			}
			if s, ok := full.(*parcel.ParcelStored); ok {
				s.Clear, s.Tail = nil, "" // likewise
			}
			if s, ok := full.(*parcel.ParcelShelved); ok {
				s.Clear, s.Tail = nil, "" // likewise
			}
			if s, ok := full.(*parcel.CodeReissued); ok {
				s.Clear, s.Tail = nil, "" // likewise
			}
			if o, ok := full.(*shop.Ordered); ok {
				o.Clear = nil // likewise
			}
			if d, ok := full.(*parcel.Delegated); ok {
				d.Clear, d.Contact = nil, nil // likewise
			}
			if r, ok := full.(*returns.CaseRequested); ok {
				r.Texts = nil // likewise
			}
			if r, ok := full.(*returns.ItemsAdded); ok {
				r.Texts = nil // likewise
			}
			if k, ok := full.(*customers.Kept); ok {
				k.Person = customers.Person{} // likewise
			}
			if q, ok := full.(*customers.QRMade); ok {
				q.Clear = nil // likewise
			}
			if p, ok := full.(*customers.Preferred); ok {
				p.Person = customers.Person{} // likewise
			}
			read := writtenAndRead(t, full)
			if !reflect.DeepEqual(read, full) {
				t.Errorf("written %+v\nread    %+v", full, read)
			}
			var tables [2]ledger.Changes
			for i := range tables {
				s := ledger.NewState(ledger.NewMemory(nil))
				customers.Customers.Put(s, "text", customers.Customer{ID: "text"})
				wall.Compartments.Put(s, "text", wall.Compartment{Number: "text"})
				orders.Orders.Put(s, "text", orders.Order{ID: "text", Lines: []orders.Line{{ID: "text"}}})
				parcel.Parcels.Put(s, "text", parcel.Parcel{ID: "text", Compartment: "text"})
				wall.Openings.Put(s, "text", wall.Opening{ID: "text", Compartment: "text"})
				read.Apply(s, someDay)
				tables[i] = s.Changes()
			}
			if !reflect.DeepEqual(tables[0], tables[1]) {
				t.Errorf("once %v\nthen %v", tables[0], tables[1])
			}
		})
	}
}

// filled makes a fact with all its members set, in the way in which JSON keeps them.
func filled(of reflect.Type) ledger.Fact {
	v := reflect.New(of)
	fill(v.Elem())
	return v.Interface().(ledger.Fact)
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			v.SetBytes([]byte(`{"text":7}`))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeOf(someDay) {
			v.Set(reflect.ValueOf(someDay))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	}
}

var someDay = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// writtenAndRead writes a fact as the log does, and reads it back.
func writtenAndRead(t rapid.TB, f ledger.Fact) ledger.Fact {
	t.Helper()
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var private []byte
	if p, ok := f.(ledger.PrivatePart); ok {
		if private, err = json.Marshal(p.Private()); err != nil {
			t.Fatal(err)
		}
	}
	read, err := Ledger.Read(f.Type(), data, private)
	if err != nil {
		t.Fatal(err)
	}
	return read
}
