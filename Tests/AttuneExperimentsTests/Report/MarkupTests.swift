import Testing

@testable import AttuneExperiments

@Suite struct MarkupTests {
  @Test func `interpolated text is escaped, markup is not`() {
    let name = "<script>alert('x') && \"y\"</script>"
    let inner: Markup = "<b>\(name)</b>"
    let outer: Markup = "<p>\(inner)\(1)</p>"
    #expect(
      outer.text == "<p><b>&lt;script&gt;alert(&#39;x&#39;) &amp;&amp; &quot;y&quot;&lt;/script&gt;</b>1</p>")
  }

  @Test func `characters that XML forbids are replaced`() {
    #expect(Markup.escape("a\u{0}b\u{1B}[31m\u{7F}c\td") == "a\u{FFFD}b\u{FFFD}[31m\u{FFFD}c\td")
    #expect(Markup.escape("Größe 測 🌊") == "Größe 測 🌊")
  }

  @Test func `the well-formedness check finds a broken page`() {
    #expect(WellFormedness.failure(of: "<html><p>a</p></html>") == nil)
    #expect(WellFormedness.failure(of: "<html><p>a</html>") != nil)
    #expect(WellFormedness.failure(of: "<html><p>a & b</p></html>") != nil)
  }
}
