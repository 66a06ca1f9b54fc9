using static TorchSharp.torch;

namespace FasterSeg.Search.Networks;

/// <summary>A module that only holds others, so that their parameters get names with dots such as <c>arms32.0.conv.0.weight</c>.</summary>
internal sealed class ModuleTree() : nn.Module(nameof(ModuleTree))
{
    /// <summary>Registers a module under a dotted path; what lies between is made where it is missing.</summary>
    public static void Register(nn.Module root, string path, nn.Module module)
    {
        string[] names = path.Split('.');
        nn.Module parent = root;
        foreach (string name in names[..^1])
        {
            nn.Module? child = parent.named_children().FirstOrDefault(child => child.name == name).module;
            if (child is null)
                parent.register_module(name, child = new ModuleTree());
            parent = child;
        }
        parent.register_module(names[^1], module);
    }
}
