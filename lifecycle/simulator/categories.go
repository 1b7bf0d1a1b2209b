package simulator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Categories returns the names of categories that every simulator knows. They are those of the documents of AWS as far
// as they are known: no API has the list, and the marketplace may have more.
func Categories() []string { return slices.Clone(categories) }

// categories are what Categories returns. The service compares without regard to case: its own documents write the same
// name in both ways.
var categories = []string{
	// Infrastructure software
	"Backup & recovery", "Data analytics", "High performance computing", "Migration", "Network infrastructure",
	"Operating systems", "Security", "Storage",
	// DevOps
	"Agile lifecycle management", "Application development", "Application servers", "Application stacks",
	"Continuous integration and continuous delivery", "Infrastructure as code", "Issue and bug tracking", "Log analysis",
	"Monitoring", "Source control", "Testing",
	// Business applications
	"Blockchain", "Business intelligence", "Collaboration & productivity", "Contact center", "Content management", "CRM",
	"eCommerce", "eLearning", "Human resources", "IT business management", "Project management",
	// Machine learning
	"Audio", "Computer vision", "Data labeling services", "Human review services", "Image", "Intelligent automation",
	"ML solutions", "Natural language processing", "Speech recognition", "Structured", "Text", "Video",
	// Internet of things
	"Analytics", "Applications", "Device connectivity", "Device management", "Device security", "Industrial IoT",
	"Smart home & city",
	// Industries
	"Education & research", "Financial services", "Healthcare & life sciences", "Media & entertainment", "Industrial",
	"Energy", "Automotive", "Gaming", "Manufacturing", "Public sector", "Retail", "Telecommunications",
}

// knownCategories holds the names of the list and those of the configuration, in lower case.
func knownCategories(more []string) map[string]bool {
	known := map[string]bool{}
	for _, name := range append(append([]string{}, categories...), more...) {
		known[strings.ToLower(name)] = true
	}
	return known
}

func (w *work) checkCategories(i int, p *product) {
	var unknown []string
	for _, name := range p.Description.Categories {
		if !w.st.rules.categories[strings.ToLower(name)] {
			text := fmt.Sprintf("%.100q", name)
			if near := document.Nearest(name, categories); near != "" {
				text += fmt.Sprintf(" (did you mean %q?)", near)
			}
			unknown = append(unknown, text)
		}
	}
	if len(unknown) > 0 {
		w.fail(i, "INVALID_CATEGORY_NAMES", "the simulator does not know the category %s; its list may lack names that AWS has: simulate with one of it, as \"shelflife rules info.categories\" and simulator.Categories list it, or add yours by Config.Categories", strings.Join(unknown, ", "))
	}
}
