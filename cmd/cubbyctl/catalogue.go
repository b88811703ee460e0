package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"cubby/app/words"
	"cubby/locker/shop/catalogue"
	"cubby/sync/client"
	"cubby/sync/problem"
)

const catalogueForm = "catalogue import FILE [--pictures DIR] [--check] | " +
	"list [CATEGORY] | search TEXT | show NUMBER"

// catalogue replaces what the shop offers, or shows it.
func (t *tool) catalogue(ctx context.Context, args []string) error {
	switch {
	case len(args) >= 2 && args[0] == "import":
		return t.importCatalogue(ctx, args[1:])
	case len(args) <= 2 && len(args) > 0 && args[0] == "list":
		return t.listProducts(ctx, "", append(args, "")[1])
	case len(args) >= 2 && args[0] == "search":
		return t.listProducts(ctx, strings.Join(args[1:], " "), "")
	case len(args) == 2 && args[0] == "show":
		return t.showProduct(ctx, args[1])
	}
	return errors.New("usage: cubbyctl " + catalogueForm)
}

// importCatalogue reads the file here, so that mistakes are told with their lines, and gives
// it to the core with the pictures that it names.
func (t *tool) importCatalogue(ctx context.Context, args []string) error {
	file, dir, check := "", "", false
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--check":
			check = true
		case args[i] == "--pictures" && i+1 < len(args):
			i++
			dir = args[i]
		case file == "" && !strings.HasPrefix(args[i], "--"):
			file = args[i]
		default:
			return errors.New("usage: cubbyctl " + catalogueForm)
		}
	}
	if file == "" {
		return errors.New("usage: cubbyctl " + catalogueForm)
	}
	plain, err := os.CreateTemp("", "catalogue")
	if err != nil {
		return err
	}
	defer os.Remove(plain.Name())
	defer plain.Close()
	n, pictures, err := readCatalogue(file, dir, plain)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if check {
		fmt.Fprintf(t.out, "%s: %d products with %d SKUs in %d categories, %d pictures: no problem found\n",
			file, n.Products, n.SKUs, n.Categories, len(pictures))
		return nil
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	defer c.Close()
	for _, name := range pictures {
		if err := putPicture(ctx, c, dir, name); err != nil {
			return err
		}
	}
	s, err := c.ReplaceCatalogue(ctx, plain)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "catalogue %d counts: %d products with %d SKUs in %d categories, %d pictures\n",
		s.Number, s.Products, s.SKUs, s.Categories, len(pictures))
	return nil
}

// readCatalogue reads a catalogue of either form, writes it as JSON, and lists the pictures
// that it names. Each of them is in the folder.
func readCatalogue(file, dir string, to *os.File) (n catalogue.Count, pictures []string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return n, nil, err
	}
	defer f.Close()
	named := map[string]bool{}
	var all catalogue.Sink
	out := bufio.NewWriter(to)
	each := func(to catalogue.Sink) error {
		var categories []catalogue.Category
		var attributes []catalogue.Attribute
		var products []catalogue.Product
		all = catalogue.Sink{
			Category:  func(c catalogue.Category) error { categories = append(categories, c); return nil },
			Attribute: func(a catalogue.Attribute) error { attributes = append(attributes, a); return nil },
			Product: func(p catalogue.Product) error {
				products = append(products, p)
				return noted(p, dir, named)
			},
		}
		if n, err = catalogue.Read(f, all); err != nil {
			return err
		}
		return handOut(to, categories, attributes, products)
	}
	if err = catalogue.Write(out, each); err == nil {
		err = out.Flush()
	}
	if err == nil {
		_, err = to.Seek(0, io.SeekStart)
	}
	return n, slices.Sorted(maps.Keys(named)), err
}

func handOut(to catalogue.Sink, categories []catalogue.Category, attributes []catalogue.Attribute,
	products []catalogue.Product) error {
	for _, c := range categories {
		if err := to.Category(c); err != nil {
			return err
		}
	}
	for _, a := range attributes {
		if err := to.Attribute(a); err != nil {
			return err
		}
	}
	for _, p := range products {
		if err := to.Product(p); err != nil {
			return err
		}
	}
	return nil
}

// noted notes the files of a product's pictures, and refuses one that is not in the folder.
// Without a folder the pictures must be at the station already.
func noted(p catalogue.Product, dir string, named map[string]bool) error {
	for i, one := range p.Pictures {
		if one.File == "" || dir == "" {
			continue
		}
		info, err := os.Stat(filepath.Join(dir, one.File))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return &catalogue.Wrong{Member: []string{"pictures", strconv.Itoa(i)},
				What: fmt.Sprintf("there is no picture %s in %s", one.File, dir)}
		case err != nil:
			return err
		case !info.Mode().IsRegular():
			return &catalogue.Wrong{Member: []string{"pictures", strconv.Itoa(i)},
				What: fmt.Sprintf("%s in %s is no file", one.File, dir)}
		}
		named[one.File] = true
	}
	return nil
}

func putPicture(ctx context.Context, c *client.Client, dir, name string) error {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := c.PutPicture(ctx, name, f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// listProducts lists what is offered, or found.
func (t *tool) listProducts(ctx context.Context, text, category string) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	defer c.Close()
	var all []catalogue.Product
	for total := 1; len(all) < total; {
		page, err := c.Products(ctx, text, category, len(all), catalogue.MaxPage)
		if err != nil {
			return err
		}
		if all = append(all, page.Products...); len(page.Products) == 0 {
			break
		}
		if total = page.Total; total == catalogue.MaxTotal { // there may be more than are counted
			total = catalogue.MaxSKUs
		}
	}
	return t.table("PRODUCT\tTITLE\tCATEGORY\tSKUS", func(w io.Writer) {
		for _, p := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\n", p.ID, p.Title.In(words.Fallback), p.Categories[0],
				len(p.Variants))
		}
	})
}

// showProduct shows a product by its id, an SKU or an article number.
func (t *tool) showProduct(ctx context.Context, number string) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	defer c.Close()
	var p catalogue.Product
	for _, by := range []string{"products", "variants", "gtins"} {
		p, err = c.Product(ctx, by, number)
		var gone *problem.Problem
		if err == nil || !errors.As(err, &gone) || gone.Slug() != "no-such-product" {
			break
		}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s  %s\n", p.ID, p.Title.In(words.Fallback))
	if text := p.Text.In(words.Fallback); text != "" {
		fmt.Fprintln(t.out, text)
	}
	fmt.Fprintf(t.out, "categories: %s\n", strings.Join(p.Categories, ", "))
	if p.Age > 0 {
		fmt.Fprintf(t.out, "from the age of %d\n", p.Age)
	}
	pairs := func(all map[string]string) string {
		var list []string
		for _, name := range slices.Sorted(maps.Keys(all)) {
			list = append(list, name+" "+all[name])
		}
		return strings.Join(list, ", ")
	}
	if len(p.Attributes) > 0 {
		fmt.Fprintln(t.out, pairs(p.Attributes))
	}
	return t.table("SKU\tOPTIONS\tARTICLE NUMBERS\tGRAMS\tMILLIMETRES\tTAX", func(w io.Writer) {
		for _, v := range p.Variants {
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d x %d x %d\t%s\n", v.SKU, pairs(v.Options),
				strings.Join(v.GTINs, " "),
				v.Weight, v.Size.Length, v.Size.Width, v.Size.Height, v.Tax)
		}
	})
}
