using System.Net.Sockets;
using Npgsql;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>What people are told of PostgreSQL's faults, and which of them pass by themselves.</summary>
internal static class PostgresFaults
{
    private const string IdleInTransactionTimeout = "25P03";

    /// <summary>Why a fault may pass by itself, as part of a sentence; null where it does not.</summary>
    public static string? Passing(Exception fault) =>
        fault switch
        {
            PostgresException said => IsPassing(said) ? said.MessageText : null,
            NpgsqlException or SocketException or IOException or TimeoutException => fault.Message,
            _ => null,
        };

    /// <summary>What a user can do about a fault at the start, as a sentence; null where it is none of theirs.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="host">The server with its port.</param>
    /// <param name="database">The database; null where none is named.</param>
    /// <param name="user">The user; null where none is named.</param>
    public static string? AtStart(Exception fault, string host, string? database, string? user) =>
        fault switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
                $"The database server at {host} does not let the user '{user}' in: set the right Username and Password in --store.",
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
                $"The database server at {host} has no database '{database}': make it with 'createdb {database}' there, or name another in "
                    + "--store.",
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
                $"The user '{user}' may not make or read the fleet's tables in {database} at {host}: make it the database's owner, or name "
                    + "another in --store.",
            PostgresException { SqlState: PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateObject } =>
                $"The database {database} at {host} has tables of something else: name one in --store that is the fleet's own.",
            PostgresException said =>
                $"The database {database} at {host} cannot be used ({said.MessageText}): look at the server, or name another in --store.",
            NpgsqlException { Message: { } message } when message.Contains("password", StringComparison.OrdinalIgnoreCase) =>
                $"The database server at {host} wants a password of the user '{user}': set Password in --store.",
            NpgsqlException or SocketException or IOException or TimeoutException =>
                $"The database server at {host} does not answer ({fault.Message.TrimEnd('.')}): start it, or name another in --store.",
            _ => null,
        };

    // Of the server: stopping, starting, out of something, read-only after a change of servers, or a lock or a transaction that has to be
    // tried again. While the fleet runs, what lets it in is set right, too.
    private static bool IsPassing(PostgresException said) =>
        said.IsTransient
        || said.SqlState
            is PostgresErrorCodes.QueryCanceled
                or PostgresErrorCodes.ReadOnlySqlTransaction
                or PostgresErrorCodes.InvalidPassword
                or PostgresErrorCodes.InvalidAuthorizationSpecification
                or PostgresErrorCodes.InvalidCatalogName
                or IdleInTransactionTimeout
        || said.SqlState[..2] is "08" or "40" or "53" or "57" or "58";
}
