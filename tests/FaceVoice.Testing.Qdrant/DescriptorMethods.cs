using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

namespace FaceVoice.Testing.Qdrant;

/// <summary>
/// Hosts the unary methods of services of which only the descriptors are at hand, as in a client's assembly: what is served is then always what that
/// client speaks.
/// </summary>
internal sealed class DescriptorMethods(params IReadOnlyList<ServiceDescriptor> services) : IServiceMethodProvider<QdrantDouble>
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<QdrantDouble> context)
    {
        var add = typeof(DescriptorMethods).GetMethod(nameof(Add), BindingFlags.Static | BindingFlags.NonPublic)!;
        foreach (var method in services.SelectMany(service => service.Methods).Where(method => !method.IsClientStreaming && !method.IsServerStreaming))
        {
            add.MakeGenericMethod(method.InputType.ClrType, method.OutputType.ClrType).Invoke(null, [context, method]);
        }
    }

    private static void Add<TRequest, TResponse>(ServiceMethodProviderContext<QdrantDouble> context, MethodDescriptor descriptor)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var method = new Method<TRequest, TResponse>(MethodType.Unary, descriptor.Service.FullName, descriptor.Name, MarshallerOf<TRequest>(), MarshallerOf<TResponse>());
        context.AddUnaryMethod(method, [], async (server, request, call) => (TResponse)await server.AnswerAsync(method.FullName, request, call));
    }

    private static Marshaller<T> MarshallerOf<T>()
        where T : class, IMessage<T>, new()
    {
        var parser = new MessageParser<T>(() => new T());
        return Marshallers.Create(message => message.ToByteArray(), parser.ParseFrom);
    }
}
