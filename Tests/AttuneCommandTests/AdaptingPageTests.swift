import Foundation
import Testing

/// The commands of docs/adapting.md, run as they stand there.
@Suite struct AdaptingPageTests {
  /// The fenced blocks of the page, with their languages.
  private func blocks() throws -> [(language: String, text: String)] {
    let page = try String(contentsOfFile: repository + "/docs/adapting.md", encoding: .utf8)
    return page.components(separatedBy: "\n```").enumerated().compactMap { index, part in
      guard index % 2 == 1, let end = part.firstIndex(of: "\n") else { return nil }
      return (String(part[..<end]), String(part[part.index(after: end)...]))
    }
  }

  private func error(in summary: String) throws -> Double {
    let text = try #require(summary.components(separatedBy: "error ").dropFirst().first)
    return try #require(Double(text.prefix { $0 != " " }))
  }

  @Test func `every command of the page runs, and the errors are those of the page`() throws {
    try inFolder { folder in
      let fixtures = repository + "/Tests/Fixtures/adapting"
      for name in try FileManager.default.contentsOfDirectory(atPath: fixtures) {
        try FileManager.default.copyItem(atPath: "\(fixtures)/\(name)", toPath: "\(folder)/\(name)")
      }
      let blocks = try blocks()
      let yaml = try #require(blocks.first { $0.language == "yaml" })
      try write(yaml.text, to: folder + "/careful.yaml")
      var last = "", commands = 0, compared = 0
      for block in blocks {
        if block.language == "sh" {
          for line in block.text.split(separator: "\n") {
            let outcome = try AttuneProcess(line.split(separator: " ").dropFirst().map(String.init), in: folder)
              .finish()
            #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(line): \(outcome.errors)")
            (last, commands) = (outcome.output, commands + 1)
          }
        } else if block.language.isEmpty {
          // Other kernels round otherwise, and a row of 897 or two may be answered otherwise.
          #expect(try abs(error(in: block.text) - error(in: last)) < 0.3, "\(last)")
          compared += 1
        }
      }
      #expect(commands == 7 && compared == 2)
    }
  }
}
