import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct ReportFigureTests {
  @Test func `a figure has a name, its data, and buttons for both`() {
    let page = ReportFigure(
      title: "A <b>", description: "words \"so\"", size: (300, 200), drawing: "<g></g>",
      data: FigureData(
        columns: ["x", "a, b"], rows: [[.number(0.25), .text("say \"no\"")], [.missing, .number(.nan)]]),
      isWide: true
    ).render().text
    #expect(page.contains("<figcaption>A &lt;b&gt;</figcaption>"))
    #expect(
      page.contains("<svg viewBox=\"0 0 300 200\" class=\"wide\" role=\"img\" aria-label=\"words &quot;so&quot;\">"))
    #expect(page.contains("data-save=\"svg\"") && page.contains("data-save=\"csv\""))
    #expect(page.contains("x,&quot;a, b&quot;\n0.25,&quot;say &quot;&quot;no&quot;&quot;&quot;\n,</pre>"))
    #expect(WellFormedness.failure(of: page) == nil)
  }

  @Test func `the page has landmarks, a skip link and one script that asks for nothing`() throws {
    let page = HTMLReport.render(HandMadeResults.make())
    #expect(page.contains("<a class=\"skip\" href=\"#content\">"))
    #expect(page.components(separatedBy: "<script").count == 2)
    let script = try #require(page.range(of: "<script>")).lowerBound
    for part in ["fetch(", "XMLHttpRequest", "localStorage", "cookie", "http"] {
      #expect(!page[script...].contains(part), "\(part)")
    }
  }

  /// The bytes that `zlib` and `PIL` of Python read back as these pixels.
  @Test func `a picture is a PNG file`() {
    let file = PortableImage.gray([0, 128, 255, 64], width: 2, height: 2)
    #expect(
      Data(file).base64EncodedString()
        == "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAAEUlEQVR4AQEGAPn/AACAAP9ABEQBwErcLjsAAAAASUVORK5CYII=",
      "\(Data(file).base64EncodedString())")
  }

  @Test func `an interval of a share ends where shares do`() {
    let estimate = Estimate(mean: 0.995, low: 0.985, high: 1.005)
    #expect(MetricTables.text(estimate, decimals: 3, bounds: 0...1) == "0.995 [0.985, 1.000]")
    #expect(MetricTables.text(estimate, decimals: 3) == "0.995 ±0.010")
    #expect(MetricTables.text(Estimate(mean: 2, low: 1.9999, high: 2.0001), decimals: 2) == "2.00 ±<0.01")
    #expect(NumberFormat.sharedDecimals([0.5, 12.3, 150]) == 1)
    #expect(NumberFormat.sharedDecimals([1e-7, 1e9]) == nil)
  }

  @Test func `the first sentence has the numbers`() throws {
    let page = HTMLReport.render(HandMadeResults.make())
    let start = try #require(page.range(of: "<p class=\"lead\"><span"))
    let end = try #require(page.range(of: "</p>", range: start.lowerBound..<page.endIndex))
    let text = page[start.lowerBound..<end.lowerBound].replacing(/<[^>]*>/, with: "")
    #expect(text.contains(" cuts the error from "), "\(text)")
    #expect(text.contains("the compute per prediction"), "\(text)")
  }
}
