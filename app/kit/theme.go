package kit

import (
	"fmt"
	"image/color"

	"cubby/assets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// dress is the one theme of the touchscreen. It ignores the light and dark
// variants and answers every font question with a font of its own, so that the
// toolkit never searches the machine for one.
type dress struct {
	regular, bold fyne.Resource
}

// Dress gives an app the theme of the touchscreen.
func Dress(app fyne.App) error {
	d, err := newDress()
	if err != nil {
		return err
	}
	app.Settings().SetTheme(d)
	return nil
}

// newDress loads the embedded fonts.
func newDress() (*dress, error) {
	regular, err := assets.Font("Regular")
	if err != nil {
		return nil, fmt.Errorf("theme: %w", err)
	}
	bold, err := assets.Font("Bold")
	if err != nil {
		return nil, fmt.Errorf("theme: %w", err)
	}
	return &dress{
		regular: fyne.NewStaticResource("NotoSansSC-Regular.otf", regular),
		bold:    fyne.NewStaticResource("NotoSansSC-Bold.otf", bold),
	}, nil
}

// Font returns the bold or the regular face; there are no others.
func (t *dress) Font(style fyne.TextStyle) fyne.Resource {
	if style.Bold {
		return t.bold
	}
	return t.regular
}

// Color maps the toolkit's names to the palette. Hovering looks like nothing:
// an emulated pointer stays where the last finger was.
func (t *dress) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	switch name {
	case theme.ColorNameBackground,
		theme.ColorNameOverlayBackground,
		theme.ColorNameMenuBackground,
		theme.ColorNameHeaderBackground:
		return Paper
	case theme.ColorNameForeground:
		return Ink
	case theme.ColorNamePrimary, theme.ColorNameFocus, theme.ColorNameHyperlink, theme.ColorNameSelection:
		return Accent
	case theme.ColorNameForegroundOnPrimary,
		theme.ColorNameForegroundOnError,
		theme.ColorNameForegroundOnSuccess,
		theme.ColorNameForegroundOnWarning:
		return OnAccent
	case theme.ColorNameButton, theme.ColorNameInputBackground:
		return Card
	case theme.ColorNameDisabled, theme.ColorNamePlaceHolder:
		return OnDisabled
	case theme.ColorNameDisabledButton:
		return Disabled
	case theme.ColorNameError, theme.ColorNameWarning:
		return Warn
	case theme.ColorNameSuccess:
		return Good
	case theme.ColorNamePressed:
		return Sand
	case theme.ColorNameSeparator,
		theme.ColorNameInputBorder,
		theme.ColorNameScrollBar,
		theme.ColorNameScrollBarBackground:
		return Stone
	default:
		return Clear // hover, shadow and whatever a later toolkit adds
	}
}

// Icon answers with the toolkit's own; pages draw their icons from assets.
func (t *dress) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size gives no padding of its own: the pages space themselves.
func (t *dress) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNamePadding, theme.SizeNameInnerPadding, theme.SizeNameLineSpacing:
		return 0
	case theme.SizeNameText:
		return 28
	default:
		return theme.DefaultTheme().Size(name)
	}
}
