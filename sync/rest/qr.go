package rest

import (
	"net/http"
	"unicode/utf8"

	"github.com/skip2/go-qrcode"

	"cubby/locker"
	"cubby/sync/problem"
	"cubby/sync/strict"
)

// modulePixels is the side of one module of a drawn code.
const modulePixels = 8

var pngType = []string{"image/png"}

// drawQR draws a text as a QR code, level M, with its quiet zone.
func (s *Server) drawQR(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	var text string
	if err := x.body(func(b []byte) error {
		return strict.Object(b, func(r *strict.Reader, name string) (err error) {
			if name != "text" {
				return r.Unknown()
			}
			text, err = r.String()
			return err
		})
	}); err != nil {
		return err
	}
	// Four bytes each at worst: 2048, and a QR code of level M holds 2331.
	if n := utf8.RuneCountInString(text); n < 1 || n > 512 {
		return locker.Refuse(locker.Invalid, "qr-text", "text must have 1 to 512 characters").At("/text")
	}
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return problem.New(http.StatusUnprocessableEntity, "qr-text", "this text cannot be drawn as a QR code")
	}
	image, err := code.PNG(-modulePixels)
	if err != nil {
		return err
	}
	return x.send(http.StatusOK, pngType, image)
}
