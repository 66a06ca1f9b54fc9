using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using FasterSeg.Latency;

namespace FasterSeg.Search.Configuration;

/// <summary>What the documentation of members says, from the XML files that the compiler writes beside their assemblies: so a setting is
/// described once, where it is declared.</summary>
internal sealed partial class DocumentedMembers
{
    private readonly Dictionary<Assembly, Dictionary<string, XElement>> files = [];

    /// <summary>The summary of a property, or of what it inherits it from, as plain text.</summary>
    /// <exception cref="UserErrorException">The file is not there, or broken.</exception>
    public string Of(PropertyInfo property)
    {
        Type owner = property.DeclaringType!;
        return Summary(owner.Assembly, $"P:{owner.FullName}.{property.Name}", []);
    }

    private string Summary(Assembly assembly, string member, HashSet<string> seen)
    {
        if (!seen.Add(member) || !File(assembly).TryGetValue(member, out XElement? documented))
            return "";
        if (documented.Element("summary") is { } summary)
            return Blanks().Replace(string.Concat(summary.Nodes().Select(Plain)), " ").Trim();
        string? other = documented.Element("inheritdoc")?.Attribute("cref")?.Value;
        if (other is null)
            return "";
        string typeName = other[2..];
        Assembly from = AssembliesOf(assembly).FirstOrDefault(each => each.GetType(typeName) is not null) ?? assembly;
        return Summary(from, other, seen);
    }

    /// <summary>References become names, a setting's as its key has it.</summary>
    private static string Plain(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" or "paramref" } reference => Named(
                (reference.Attribute("cref") ?? reference.Attribute("name"))?.Value ?? reference.Value
            ),
            XElement other => string.Concat(other.Nodes().Select(Plain)),
            _ => "",
        };

    private static string Named(string reference)
    {
        string name = reference[(reference.LastIndexOfAny(['.', ':']) + 1)..];
        return reference.StartsWith("P:", StringComparison.Ordinal) ? JsonNamingPolicy.CamelCase.ConvertName(name) : name;
    }

    private static IEnumerable<Assembly> AssembliesOf(Assembly assembly) =>
        assembly
            .GetReferencedAssemblies()
            .Where(name => name.Name?.StartsWith("FasterSeg.", StringComparison.Ordinal) == true)
            .Select(Assembly.Load)
            .Prepend(assembly);

    private Dictionary<string, XElement> File(Assembly assembly)
    {
        if (files.TryGetValue(assembly, out var known))
            return known;
        string path = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        try
        {
            known = XElement
                .Load(path)
                .Element("members")!
                .Elements("member")
                .GroupBy(member => member.Attribute("name")!.Value)
                .ToDictionary(group => group.Key, group => group.First());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or XmlException)
        {
            throw new UserErrorException($"{path} cannot be read, which says what each key means: install the program again.", fault);
        }
        return files[assembly] = known;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
