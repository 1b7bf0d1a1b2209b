// The simulator's page in a browser: what is on it, what a person does with it, and
// whether everybody can use it (axe-core).
// usage: BROWSER=/usr/bin/chromium node page.mjs ENDPOINT, of a simulator with -review-by-hand
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const endpoint = process.argv[2];
const life = JSON.parse(readFileSync(new URL("life.json", import.meta.url)));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const post = async (path, body, method = "POST") => {
  const answer = await fetch(endpoint + path, {
    method, body: JSON.stringify(body), headers: {
      "Content-Type": "application/json",
      Authorization: "AWS4-HMAC-SHA256 Credential=KEY/20260105/us-east-1/aws-marketplace/aws4_request, SignedHeaders=host, Signature=00",
    },
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
};

const browser = await chromium.launch({ executablePath: process.env.BROWSER, args: ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage"] });
try {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ colorScheme, bypassCSP: true }); // axe-core is put into the page
    const page = await context.newPage();
    const loud = [];
    page.on("console", (m) => m.type() === "error" && loud.push(m.text()));
    page.on("pageerror", (e) => loud.push(String(e)));
    const check = async (when) => {
      await page.evaluate(axe);
      const { violations, passes } = await page.evaluate(() => window.axe.run());
      assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), [], when);
      console.log(`  ${when}, ${colorScheme}: ${passes.length} checks of axe-core pass, no violation`);
    };
    const press = (name) => Promise.all([page.waitForEvent("load"), page.getByRole("button", { name }).click()]);
    await page.goto(endpoint + "/_simulator/");
    if (colorScheme === "light") {
      assert.equal(await page.getByText("There are none yet.").count(), 2);
      await check("empty");
      for (const r of life.resources) await post("/_simulator/model-package", r, "PUT");
      await post("/StartChangeSet", { Catalog: "AWSMarketplace", ChangeSetName: "First version", ChangeSet: life.publication });
      await page.reload();
      assert.match(await page.getByRole("region", { name: "Table of change sets" }).innerText(), /PREPARING/);
      await press("One hour on");
      assert.match(await page.locator("time").innerText(), /2026-01-05 10:00:00/);
      const listings = await page.getByRole("region", { name: "Table of listings" }).innerText();
      assert.match(listings, /Demand forecast/);
      assert.match(listings, /Limited/);
      const { EntitySummaryList } = await post("/ListEntities", { Catalog: "AWSMarketplace", EntityType: "MachineLearningProduct" });
      const product = EntitySummaryList[0].EntityId;
      const goPublic = () => post("/StartChangeSet", {
        Catalog: "AWSMarketplace",
        ChangeSet: [{ ChangeType: "UpdateVisibility", Entity: { Type: "MachineLearningProduct@1.0", Identifier: product }, DetailsDocument: { TargetVisibility: "Public" } }],
      });
      await goPublic();
      await page.reload();
      await check("with a review");
      await page.getByLabel("Reason").fill("The notebook does not run.");
      await press(`Refuse ${product}`);
      assert.equal(await page.getByText("AUDIT_ERROR: The notebook does not run.").count(), 1);
      await goPublic();
      await page.reload();
      await press(`Approve ${product}`);
      await press("One day on");
      assert.match(await page.getByRole("region", { name: "Table of listings" }).innerText(), /Public/);
      await page.getByLabel("Kind").selectOption("throttle");
      await press("Add the fault");
      assert.equal(await page.getByText("throttle, 1 to come").count(), 1);
      await page.evaluate(() => document.querySelector("form input[name=hours][type=number]").removeAttribute("min"));
      await page.getByLabel("Hours").fill("-1");
      await press("Move on");
      assert.match(await page.getByRole("alert").innerText(), /Refused/);
      await page.goto(endpoint + "/_simulator/");
    }
    await check("in use");
    await page.setViewportSize({ width: 320, height: 800 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), "it fits a narrow window");
    await check("narrow");
    if (process.env.SCREENSHOT) {
      await page.setViewportSize({ width: 1200, height: 900 });
      await page.screenshot({ path: `${process.env.SCREENSHOT}-${colorScheme}.png`, fullPage: true });
    }
    assert.deepEqual(loud.filter((t) => !t.includes("favicon") && !t.includes("400")), []);
    await context.close();
  }
} finally {
  await browser.close();
}
