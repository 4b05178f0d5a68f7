import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openapiDocument } from "../src/assembly/openapi-document.ts";
import { packageVersion } from "../src/assembly/package-version.ts";
import { bundledPriceFiles } from "../src/money/book/bundled-price-files.ts";
import explained from "../src/money/data/disagreements.json" with { type: "json" };
import { readVendorPrices } from "../src/money/prices/price-data.ts";
import { allCases } from "./money-cases/all-cases.ts";
import { moneyCasesPage } from "./money-cases/money-cases-page.ts";
import { priceSourcesPage } from "./price-sources-page.ts";
import { readExplanations } from "./price-tables/explanations.ts";
import { root } from "./source-tree.ts";
import { translationPage } from "./translation-page.ts";
import { vendorRows } from "../src/providers/vendor-catalogue.ts";
import { vendorsPage } from "./vendors-page.ts";

// `npm run pages:generate`: writes the reference pages that are made of tables in the code.
writeFileSync(join(root, "docs/reference/translation.md"), translationPage());
writeFileSync(
  join(root, "docs/reference/openapi.json"),
  `${JSON.stringify(openapiDocument(packageVersion()), null, 2)}\n`,
);
writeFileSync(join(root, "docs/reference/vendors.md"), vendorsPage(vendorRows));
writeFileSync(
  join(root, "docs/reference/price-sources.md"),
  priceSourcesPage(
    bundledPriceFiles.map((file) => readVendorPrices(file)),
    readExplanations(explained),
  ),
);
writeFileSync(join(root, "docs/reference/money-cases.md"), moneyCasesPage(allCases));
