//go:build tools

// The program that is built. Without this file, `go mod tidy` would remove its modules.
package tools

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
