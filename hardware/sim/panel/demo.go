package panel

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"cubby/hardware/sim"
)

// A Demo is what lies around at a site that is shown to people. The zero value
// is a site where nothing does.
type Demo struct {
	// Folder has the pictures courier-*.png of badges, and codes/*.png and orders/*.png that
	// customers have; empty: there is none.
	Folder string
	Labels []string // on the parcels that couriers have
	Screen string   // where the touchscreen can be seen: an address of this machine, or words
}

// Shelf is what can be held before the reader, as JSON.
type Shelf struct {
	Badges []string `json:"badges"`
	Labels []string `json:"labels"`
	Codes  []string `json:"codes"`
	Orders []string `json:"orders"`
	Screen string   `json:"screen"`
}

// Held is the body of POST /demo/scan: one thing of the shelf.
type Held struct {
	Badge    string `json:"badge"`
	Code     string `json:"code"`
	Order    string `json:"order"`
	Terminal string `json:"terminal,omitempty"` // before whose reader; empty: the kiosk's
}

// pictureName is what the name of a picture on the shelf may be made of.
var pictureName = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

// Check refuses a screen at an address of another machine.
func (d Demo) Check() error {
	if !d.framed() {
		return nil
	}
	if at, err := url.Parse(d.Screen); err != nil || !local(at.Host) {
		return errors.New("the screen is shown from this machine only: give an address such as " +
			"http://127.0.0.1:6080/, or words")
	}
	return nil
}

// framed reports whether the screen is at an address.
func (d Demo) framed() bool { return strings.HasPrefix(d.Screen, "http://") }

// origin is where pages of the screen come from, for the page's own rules.
func (d Demo) origin() string {
	at, err := url.Parse(d.Screen)
	if !d.framed() || err != nil || !local(at.Host) {
		return ""
	}
	return "http://" + at.Host
}

func (p panel) shelf(w http.ResponseWriter, _ *http.Request) {
	answer(w, Shelf{
		Badges: p.demo.pictures("", "courier-"), Labels: append([]string{}, p.demo.Labels...),
		Codes: p.demo.pictures("codes", ""), Orders: p.demo.pictures("orders", ""), Screen: p.demo.Screen,
	}, nil)
}

// pictures are the names of the pictures in a folder of the shelf, in order.
func (d Demo) pictures(folder, prefix string) []string {
	names := []string{}
	if d.Folder == "" {
		return names
	}
	entries, err := os.ReadDir(filepath.Join(d.Folder, folder))
	if err != nil {
		return names // nothing was drawn yet
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".png")
		if ok && strings.HasPrefix(name, prefix) && pictureName.MatchString(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// hold holds a picture of the shelf before the reader. What it says is not
// answered: on a real wall nobody reads a code but the reader.
func (p panel) hold(w http.ResponseWriter, r *http.Request) {
	var body Held
	if !read(w, r, &body) {
		return
	}
	folder, name := "", body.Badge
	switch {
	case body.Code != "":
		folder, name = "codes", body.Code
	case body.Order != "":
		folder, name = "orders", body.Order
	}
	if p.demo.Folder == "" || !pictureName.MatchString(name) {
		refuse(w, http.StatusNotFound, "there is no such picture on the shelf")
		return
	}
	root, err := os.OpenRoot(p.demo.Folder)
	if err != nil {
		answer(w, nil, err)
		return
	}
	defer root.Close()
	file, err := root.Open(filepath.Join(folder, name+".png"))
	if errors.Is(err, fs.ErrNotExist) {
		refuse(w, http.StatusNotFound,
			"there is no such picture on the shelf; a code is there when its parcel is stored")
		return
	}
	if err != nil {
		answer(w, nil, err)
		return
	}
	defer file.Close()
	picture, err := io.ReadAll(io.LimitReader(file, maxPicture))
	if err != nil {
		answer(w, nil, err)
		return
	}
	code, err := sim.ReadPicture(picture)
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	answer(w, Scanned{Bytes: len(code)}, p.site.Present(code, sim.Presented{Terminal: body.Terminal}))
}
