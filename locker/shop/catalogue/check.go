package catalogue

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cubby/locker/plain"
)

// A place is where in the file a thing stands.
type place struct {
	line int
	at   string // pointer, or what stands before a column's name
}

// names says how a member is called where it was read: by pointer or by column.
type names func(parts ...string) string

// pointer writes a JSON pointer.
func pointer(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(p))
	}
	return b.String()
}

// checker follows what was seen so far. Its memory is bounded by MaxSKUs.
type checker struct {
	Mistakes

	categories map[string]Category
	placed     map[string]place // of categories
	attributes map[string]bool
	products   map[string]int   // line by id
	skus       map[string]int   // line by SKU
	gtins      map[string]int   // line by number
	wanted     map[string]place // categories that products name, first place
	languages  map[string]bool  // all that are used
	many       map[string]bool  // what was said once and is not said again
}

func newChecker() *checker {
	return &checker{
		categories: map[string]Category{}, placed: map[string]place{}, attributes: map[string]bool{},
		products: map[string]int{}, skus: map[string]int{}, gtins: map[string]int{},
		wanted:    map[string]place{},
		languages: map[string]bool{}, many: map[string]bool{},
	}
}

func (c *checker) refuse(line int, at, format string, args ...any) {
	c.Add(Mistake{line, at, fmt.Sprintf(format, args...)})
}

// once refuses what is worth one sentence for the whole file.
func (c *checker) once(line int, at, what string) {
	if !c.many[what] {
		c.many[what] = true
		c.refuse(line, at, "%s", what)
	}
}

var (
	idForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$`)
	tagForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$`)
	markup  = regexp.MustCompile(`<[A-Za-z/!?][^>]{0,200}>?` +
		`|&(#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,31});`)
	hashed = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

const idSays = "must have 1 to 64 letters, digits or . _ + - and begin with a letter or digit"

// ValidID reports whether a text can be the id of a product, category or attribute, or an SKU.
func ValidID(s string) bool { return idForm.MatchString(s) }

func (c *checker) id(line int, at, s string) bool {
	if ok := ValidID(s); !ok {
		c.refuse(line, at, idSays)
		return false
	}
	return true
}

// words checks a text in its languages.
func (c *checker) words(line int, w Words, most int, lines bool, name names, member ...string) {
	for _, tag := range slices.Sorted(maps.Keys(w)) {
		at := name(append(slices.Clone(member), tag)...)
		if !tagForm.MatchString(tag) {
			c.refuse(line, at, "%s is no language tag; write en, de or zh-Hans", strconv.Quote(cut(tag)))
			continue
		}
		if c.languages[tag] = true; len(c.languages) > MaxLanguages {
			c.once(line, at, fmt.Sprintf("a catalogue has at most %d languages", MaxLanguages))
		}
		c.text(line, at, w[tag], most, lines)
	}
}

// text refuses what is too long, what cannot be seen, and what is written for a browser.
func (c *checker) text(line int, at, s string, most int, lines bool) {
	n := utf8.RuneCountInString(s)
	all := []string{s}
	if lines {
		all = strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	}
	seen := utf8.ValidString(s)
	for _, one := range all {
		seen = seen && plain.Text(one, 0, most)
	}
	switch found := markup.FindString(s); {
	case n > most:
		c.refuse(line, at, "has %d characters; at most %d", n, most)
	case strings.TrimSpace(s) == "":
		c.refuse(line, at, "is empty; leave it out or write a text")
	case !seen:
		c.refuse(line, at, "holds characters that cannot be shown; write text %s", plain.Says)
	case found != "":
		c.refuse(line, at, "holds HTML (%s); write plain text", cut(found))
	}
}

// cut shortens what is repeated in a message.
func cut(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}

func (c *checker) between(line int, at string, n, least, most int) {
	if n < least || n > most {
		c.refuse(line, at, "is %d; must be %d to %d", n, least, most)
	}
}

func (c *checker) category(line int, one Category, name names) {
	if !c.id(line, name("id"), one.ID) {
		return
	}
	if before, twice := c.placed[one.ID]; twice {
		c.refuse(line, name("id"), "category %s stands on line %d already", one.ID, before.line)
		return
	}
	if len(c.placed) == MaxCategories {
		c.once(line, name("id"), fmt.Sprintf("a catalogue has at most %d categories", MaxCategories))
		return
	}
	if len(one.Title) == 0 {
		c.refuse(line, name("title"), "is missing; write a title in one language at least")
	}
	c.words(line, one.Title, MaxTitle, false, name, "title")
	c.between(line, name("order"), one.Order, -1_000_000, 1_000_000)
	if one.Parent != "" {
		c.id(line, name("parent"), one.Parent)
	}
	c.categories[one.ID], c.placed[one.ID] = one, place{line, name("parent")}
}

func (c *checker) attribute(line int, one Attribute, name names) {
	if !c.id(line, name("id"), one.ID) {
		return
	}
	if c.attributes[one.ID] {
		c.refuse(line, name("id"), "attribute %s is described twice", one.ID)
	}
	if len(c.attributes) == MaxCategories || len(one.Values) > MaxCategories {
		c.once(line, name("id"), fmt.Sprintf("there are at most %d attributes, and as many values of one",
			MaxCategories))
		return
	}
	c.attributes[one.ID] = true
	if len(one.Title) == 0 {
		c.refuse(line, name("title"), "is missing; write a title in one language at least")
	}
	c.words(line, one.Title, MaxTitle, false, name, "title")
	for _, value := range slices.Sorted(maps.Keys(one.Values)) {
		c.text(line, name("values", value), value, MaxID, false)
		c.words(line, one.Values[value], MaxTitle, false, name, "values", value)
	}
}

// end checks what can be said only when all was read: categories that are named and not
// there, and their tree.
func (c *checker) end() error {
	for _, id := range slices.Sorted(maps.Keys(c.wanted)) {
		if _, ok := c.placed[id]; !ok {
			c.refuse(c.wanted[id].line, c.wanted[id].at,
				"there is no category %s; add it, or correct its id", id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.categories)) {
		at, depth := c.placed[id], 1
		for up := c.categories[id].Parent; up != ""; up = c.categories[up].Parent {
			if _, ok := c.placed[up]; !ok {
				if up == c.categories[id].Parent {
					c.refuse(at.line, at.at, "there is no category %s; add it, or correct its id", cut(up))
				}
				break
			}
			if depth++; depth > MaxDepth {
				c.refuse(at.line, at.at, "category %s lies more than %d deep, or in itself", id, MaxDepth)
				break
			}
		}
	}
	return c.err()
}
