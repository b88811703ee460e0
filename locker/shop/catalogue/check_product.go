package catalogue

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// product checks one, and writes its article numbers with 14 digits.
func (c *checker) product(line int, p *Product, name names) {
	if c.id(line, name("id"), p.ID) {
		if before, twice := c.products[p.ID]; twice {
			c.refuse(line, name("id"), "product %s stands on line %d already", p.ID, before)
		} else {
			c.products[p.ID] = line
		}
	}
	if len(p.Title) == 0 {
		c.refuse(line, name("title"), "is missing; write a title in one language at least")
	}
	c.words(line, p.Title, MaxTitle, false, name, "title")
	c.words(line, p.Text, MaxText, true, name, "text")
	c.named(line, p, name)
	c.values(line, p.Attributes, name, "attributes")
	c.pictures(line, p.Pictures, name)
	if p.Age != 0 && p.Age != 16 && p.Age != 18 {
		c.refuse(line, name("age"), "is %d; must be 0, 16 or 18", p.Age)
	}
	if r := p.Reviews; r != nil {
		c.between(line, name("reviews", "count"), r.Count, 1, MaxCount)
		c.between(line, name("reviews", "average"), r.Average, 100, 500)
		c.text(line, name("reviews", "source"), r.Source, MaxID, false)
	}
	if len(p.Variants) == 0 || len(p.Variants) > MaxVariants {
		c.refuse(line, name("variants"), "has %d variants; a product has 1 to %d",
			len(p.Variants), MaxVariants)
		return
	}
	for i, v := range p.Variants {
		same := func(o Variant) bool { return maps.Equal(o.Options, v.Options) }
		if before := slices.IndexFunc(p.Variants[:i], same); before >= 0 {
			c.refuse(line, name("variants", strconv.Itoa(i), "options"),
				"the options of %s are those of %s too; say by what they differ", cut(v.SKU),
				cut(p.Variants[before].SKU))
		}
	}
}

// named checks the categories of a product.
func (c *checker) named(line int, p *Product, name names) {
	if len(p.Categories) == 0 || len(p.Categories) > MaxPictures {
		c.refuse(line, name("categories"), "names %d categories; a product is in 1 to %d", len(p.Categories),
			MaxPictures)
		return
	}
	for i, id := range p.Categories {
		at := name("categories", strconv.Itoa(i))
		if slices.Contains(p.Categories[:i], id) {
			c.refuse(line, at, "names category %s twice", cut(id))
			continue
		}
		if _, known := c.wanted[id]; known || !c.id(line, at, id) {
			continue
		}
		if len(c.wanted) < 2*MaxCategories {
			c.wanted[id] = place{line, at}
		}
	}
}

// values checks attributes, or options.
func (c *checker) values(line int, all map[string]string, name names, member ...string) {
	if len(all) > MaxAttributes {
		c.refuse(line, name(member...), "has %d values; at most %d", len(all), MaxAttributes)
		return
	}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		at := name(append(slices.Clone(member), id)...)
		if c.id(line, at, id) {
			c.text(line, at, all[id], MaxID, false)
		}
	}
}

func (c *checker) pictures(line int, all []Picture, name names) {
	if len(all) > MaxPictures {
		c.refuse(line, name("pictures"), "has %d pictures; at most %d", len(all), MaxPictures)
		return
	}
	for i, p := range all {
		at := []string{"pictures", strconv.Itoa(i)}
		switch {
		case p.File == "" && p.Hash == "":
			c.refuse(line, name(at...), "names no file")
		case p.Hash != "" && !hashed.MatchString(p.Hash):
			c.refuse(line, name(append(at, "hash")...), "is no SHA-256 in hexadecimal")
		case p.File != "" && !validFile(p.File):
			c.refuse(line, name(append(at, "file")...),
				"must be the name of a file without a folder, .png, .jpg, .jpeg or .webp")
		}
		c.words(line, p.Alt, MaxTitle, false, name, append(at, "alt")...)
	}
}

// validFile keeps the name of a picture from being a path.
func validFile(s string) bool {
	ext := strings.ToLower(path.Ext(s))
	return len(s) <= 200 && utf8.ValidString(s) && !strings.HasPrefix(s, ".") &&
		!strings.ContainsAny(s, "/\\:\x00") &&
		!strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) &&
		slices.Contains([]string{".png", ".jpg", ".jpeg", ".webp"}, ext)
}

// variant checks one variant. name is that of the variant's own members.
func (c *checker) variant(line int, v *Variant, name names) {
	if c.id(line, name("sku"), v.SKU) {
		if before, twice := c.skus[v.SKU]; twice {
			c.refuse(line, name("sku"), "SKU %s stands on line %d already", v.SKU, before)
		} else if len(c.skus) == MaxSKUs {
			c.once(line, name("sku"), fmt.Sprintf("a catalogue has at most %d SKUs", MaxSKUs))
		} else {
			c.skus[v.SKU] = line
		}
	}
	c.values(line, v.Options, name, "options")
	if len(v.GTINs) > MaxGTINs {
		c.refuse(line, name("gtins"), "has %d article numbers; at most %d", len(v.GTINs), MaxGTINs)
		return
	}
	for i, number := range v.GTINs {
		at := name("gtins", strconv.Itoa(i))
		gtin, ok := GTIN(number)
		if !ok {
			c.refuse(line, at, "%s is no article number: 8, 12, 13 or 14 digits, the last the check digit",
				strconv.Quote(cut(number)))
			continue
		}
		if before, twice := c.gtins[gtin]; twice {
			c.refuse(line, at, "article number %s stands on line %d already", number, before)
			continue
		}
		c.gtins[gtin] = line
		v.GTINs[i] = gtin
	}
	c.between(line, name("weight_g"), v.Weight, 0, MaxWeight)
	c.between(line, name("size_mm", "length"), v.Size.Length, 0, MaxSize)
	c.between(line, name("size_mm", "width"), v.Size.Width, 0, MaxSize)
	c.between(line, name("size_mm", "height"), v.Size.Height, 0, MaxSize)
	if v.Tax != "" && !ValidID(v.Tax) {
		c.refuse(line, name("tax"), idSays)
	}
}
