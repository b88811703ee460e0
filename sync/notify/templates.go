package notify

import (
	"embed"
	"errors"
	"fmt"
	html "html/template"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	text "text/template"

	"golang.org/x/text/language"
)

// A file of templates has parts, each below a line "--- NAME". Every kind has a file with
// the parts subject, text, html and sms; letter.tmpl is the frame around what one message
// says, with text, html, and several, the subject of a message about several things.

//go:embed templates
var builtIn embed.FS

const (
	frame = "letter"
	end   = ".tmpl"
)

var (
	partsOfKind  = []string{"subject", "text", "html", "sms"}
	partsOfFrame = []string{"text", "html", "several"}
)

// set are the templates of one language, by "KIND/PART".
type set struct {
	tag  language.Tag
	text map[string]*text.Template
	html map[string]*html.Template
}

// templates are all there are.
type templates struct {
	sets  []*set
	match language.Matcher
}

// loadTemplates reads the built-in templates and what an operator's folder has instead or
// besides: FOLDER/TAG/KIND.tmpl. It names every mistake. The first of the languages goes
// to whoever has said none that there is.
func loadTemplates(folder string, languages []string) (*templates, error) {
	var errs []error
	wrong := func(file, format string, args ...any) {
		errs = append(errs, fmt.Errorf("template %s: %s", file, fmt.Sprintf(format, args...)))
	}
	sources := map[string]map[string]string{} // tag -> KIND/PART -> text
	inside, err := fs.Sub(builtIn, "templates")
	if err != nil {
		return nil, err
	}
	readAll(inside, "built in: ", sources, wrong)
	if folder != "" {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("templates: %s is not a folder: make it, or leave templates_dir out", folder)
		}
		readAll(os.DirFS(folder), folder+string(filepath.Separator), sources, wrong)
	}
	t := new(templates)
	tags := make([]string, 0, len(sources))
	for tag := range sources {
		tags = append(tags, tag)
	}
	slices.SortFunc(tags, func(a, b string) int { // those asked for first, in their order
		rank := func(tag string) int {
			if i := slices.Index(languages, tag); i >= 0 {
				return i
			}
			return len(languages)
		}
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	var known []language.Tag
	for _, tag := range tags {
		s := &set{language.Make(tag), map[string]*text.Template{}, map[string]*html.Template{}}
		s.parse(tag, sources[tag], sources["en"], wrong)
		t.sets, known = append(t.sets, s), append(known, s.tag)
	}
	t.match = language.NewMatcher(known)
	return t, errors.Join(errs...)
}

type wrongFunc func(file, format string, args ...any)

// readAll reads the files of a folder into sources.
func readAll(folder fs.FS, name string, sources map[string]map[string]string, wrong wrongFunc) {
	dirs, err := fs.ReadDir(folder, ".")
	if err != nil {
		wrong(name, "%v", err)
	}
	for _, d := range dirs {
		if _, err := language.Parse(d.Name()); err != nil || !d.IsDir() {
			wrong(name+d.Name(), "is not a folder with a language's name such as \"en\" or \"zh-Hans\"")
			continue
		}
		if sources[d.Name()] == nil {
			sources[d.Name()] = map[string]string{}
		}
		files, err := fs.ReadDir(folder, d.Name())
		if err != nil {
			wrong(name+d.Name(), "%v", err)
		}
		for _, f := range files {
			file := path.Join(d.Name(), f.Name())
			about, ok := strings.CutSuffix(f.Name(), end)
			if !ok || about != frame && !slices.Contains(Kinds, Kind(about)) {
				wrong(name+file, "nothing is called so: one of %s", strings.Join(fileNames(), ", "))
				continue
			}
			source, err := readSome(folder, file)
			if err != nil {
				wrong(name+file, "%v", err)
				continue
			}
			for part, text := range splitParts(source) {
				if !slices.Contains(partsOf(about), part) {
					wrong(name+file, "has no part %q: its parts are %s, each below a line such as \"--- %s\"", part,
						strings.Join(partsOf(about), ", "), partsOf(about)[0])
					continue
				}
				sources[d.Name()][about+"/"+part] = text
			}
		}
	}
}

// maxTemplate bounds a file, in bytes.
const maxTemplate = 256 << 10

func readSome(folder fs.FS, file string) (string, error) {
	f, err := folder.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, maxTemplate+1))
	if err == nil && len(source) > maxTemplate {
		err = fmt.Errorf("is larger than %d bytes", maxTemplate)
	}
	return strings.ReplaceAll(string(source), "\r\n", "\n"), err
}

// splitParts reads "--- NAME" and the lines below it. What is above the first is "".
func splitParts(source string) map[string]string {
	parts, name := map[string]string{}, ""
	for line := range strings.Lines(source) {
		if title, ok := strings.CutPrefix(line, "--- "); ok {
			name = strings.TrimSpace(title)
			parts[name] = ""
			continue
		}
		parts[name] += line
	}
	if strings.TrimSpace(parts[""]) == "" {
		delete(parts, "")
	}
	return parts
}

func fileNames() (all []string) {
	for _, k := range append([]Kind{frame}, Kinds...) {
		all = append(all, string(k)+end)
	}
	return all
}

func partsOf(about string) []string {
	if about == frame {
		return partsOfFrame
	}
	return partsOfKind
}

// saidAs are the kinds that a language of an operator's from before there were these says as
// an older one. Those of inEnglish no older one says rightly.
var (
	saidAs = map[Kind]Kind{NewCode: Stored, Delegate: Stored, Longer: Reminder, Extended: Reminder,
		Paused: Fault}
	inEnglish = []Kind{Shelved, Redirect, Recalled}
)

// parse makes templates of the texts of a language, and tries each with a sample.
func (s *set) parse(tag string, sources, english map[string]string, wrong wrongFunc) {
	for _, about := range append([]Kind{frame}, Kinds...) {
		for _, part := range partsOf(string(about)) {
			name := string(about) + "/" + part
			source, ok := sources[name]
			if older := saidAs[about]; !ok && older != "" {
				source, ok = sources[string(older)+"/"+part]
			} else if !ok && slices.Contains(inEnglish, about) {
				source, ok = english[name]
			}
			file := fmt.Sprintf("%s/%s%s, part %s", tag, about, end, part)
			if !ok {
				wrong(file, "is missing: a language has all parts of all kinds")
				continue
			}
			if part != "subject" && part != "several" && part != "sms" {
				source = strings.TrimRight(source, "\n")
			} else {
				source = strings.TrimSpace(source)
			}
			var err error
			if part == "html" {
				var t *html.Template
				if t, err = html.New(name).Option("missingkey=error").Parse(source); err == nil {
					s.html[name] = t
				}
			} else {
				var t *text.Template
				if t, err = text.New(name).Option("missingkey=error").Parse(source); err == nil {
					s.text[name] = t
				}
			}
			if err == nil {
				err = s.try(about, part)
			}
			if err != nil {
				wrong(file, "%s", plainError(err))
			}
		}
	}
}

// plainError leaves out the name that a template's error begins with.
func plainError(err error) string {
	message := err.Error()
	if at := strings.Index(message, "/"); strings.HasPrefix(message, "template: ") && at > 0 {
		message = message[at+1:]
	}
	return message
}

// try writes a part with a sample, and looks whether a customer can collect by it.
func (s *set) try(about Kind, part string) error {
	if about == frame {
		_, err := s.write(frame+"/"+part, sampleFrame)
		return err
	}
	for _, sample := range sampleSections(about) {
		written, err := s.write(string(about)+"/"+part, sample)
		if err != nil {
			return err
		}
		if !slices.Contains(bears, about) || part == "subject" {
			continue
		}
		for _, i := range sample.Items {
			if !strings.Contains(written, i.PIN) {
				return errors.New("does not tell each PIN: {{range .Items}}... {{.PIN}}{{end}}")
			}
			if part == "html" && !strings.Contains(written, string(i.QR)) {
				return errors.New(`does not show each QR code: {{range .Items}}<img src="{{.QR}}">{{end}}`)
			}
		}
	}
	return nil
}

// write fills a template in.
func (s *set) write(name string, data any) (string, error) {
	var b strings.Builder
	if t := s.html[name]; t != nil {
		err := t.Execute(&b, data)
		return b.String(), err
	}
	t := s.text[name]
	if t == nil {
		return "", fmt.Errorf("there is no template %s", name)
	}
	err := t.Execute(&b, data)
	return b.String(), err
}

// in chooses the language for a person. Unreadable and unknown tags get the first.
func (t *templates) in(tag string) *set {
	wanted, err := language.Parse(tag)
	if err != nil {
		return t.sets[0]
	}
	_, i, confidence := t.match.Match(wanted)
	if confidence == language.No {
		return t.sets[0]
	}
	return t.sets[i]
}
